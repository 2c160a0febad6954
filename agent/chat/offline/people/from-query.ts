import type { DateTime } from "luxon";
import type { Filter, Query } from "@/analytics/query/query";
import type { Where } from "../../../people/where";
import { shift, startOf, type Unit, units } from "../calendar";
import type { Today } from "../dates";
import type { Memory } from "../memory";
import type { Span } from "./clause";

/**
 * The people behind a number that counts people: `customers in germany`, then `who of them bought last month`. Null where
 * the number counts something else, or where one of its filters is no condition on people.
 */
export function peopleOfQuery({ metrics, filters, range }: Query, today: Today): Where | null {
  const [metric = "", another] = metrics;
  const who = another ? undefined : counted[metric];
  const span = who && spanOfRange(range, today);
  if (!who || !span) return null;
  const condition = who(span);
  if (!filters) return condition;
  const also = whereOfFilter(filters);
  return also && { and: [condition, also] };
}

const counted: Record<string, ((span: Span) => Where) | undefined> = {
  contacts: ({ to }) => ({ did: "joined", ...(to ? { to } : {}) }),
  customers: () => ({ is: "customer" }),
  active_customers: () => ({ is: "active_customer" }),
  lapsed_customers: () => ({ is: "lapsed_customer" }),
  subscribers: () => ({ is: "subscriber" }),
  new_leads: (span) => ({ did: "joined", ...span }),
  new_customers: (span) => ({ did: "first_bought", ...span }),
  subscribers_gained: (span) => ({ subscription: "started", ...span }),
  subscribers_lost: (span) => ({ subscription: "ended", ...span }),
  failed_payments: (span) => ({ did: "failed_payment", ...span }),
  refunds: (span) => ({ did: "got_refund", ...span }),
  refunds_given: (span) => ({ did: "got_refund", ...span }),
  orders: (span) => ({ bought: [], ...span }),
  buyers: (span) => ({ bought: [], ...span }),
  receivable: () => ({ is: "owes" }),
  mailable_contacts: () => ({ is: "mailable" }),
  emails_opened: (span) => ({ did: "opened_email", ...span }),
  emails_clicked: (span) => ({ did: "clicked_email", ...span }),
};

/** With the people behind a number that were shown last as the people spoken of. */
export function withPeopleShown(memory: Memory, today: Today): Memory {
  const { people, behind, last } = memory;
  if (people || !behind || !last) return memory;
  const where = peopleOfQuery(last.query, today);
  return where ? { ...memory, people: { where } } : memory;
}

function whereOfFilter(filter: Filter): Where | null {
  if ("and" in filter || "or" in filter) {
    const parts = ("and" in filter ? filter.and : filter.or).map(whereOfFilter);
    const all = parts.filter((part) => part !== null);
    if (all.length < parts.length) return null;
    return "and" in filter ? { and: all } : { or: all };
  }
  if ("not" in filter) {
    const inner = whereOfFilter(filter.not);
    return inner && { not: inner };
  }
  if ("has_tag" in filter) return { tag: filter.has_tag };
  if ("without_tag" in filter) return { not: { tag: filter.without_tag } };
  if ("bought_product" in filter) return { bought: filter.bought_product };
  if ("not_bought_product" in filter) return { not: { bought: filter.not_bought_product } };
  if (!("dimension" in filter)) return null;
  const { dimension, is } = filter;
  switch (dimension) {
    case "tag":
      return { tag: is };
    case "plan":
      return { subscription: "runs", plan: is };
    case "country":
    case "region":
    case "lead_source":
    case "owner":
      return { [dimension]: is } as Where;
    default:
      return null;
  }
}

function spanOfRange(range: Query["range"], { now, weekStart }: Today): Span | null {
  const iso = (day: DateTime) => day.toISODate() ?? "";
  if ("from" in range) {
    const last = range.to && range.to < iso(now) ? range.to : undefined;
    return { from: range.from, ...(last ? { to: last } : {}) };
  }
  if ("last" in range) {
    const unit = range.unit as Unit;
    const current = startOf(now, unit, weekStart);
    return range.including_current
      ? { from: iso(shift(current, 1 - range.last, unit)) }
      : { from: iso(shift(current, -range.last, unit)), to: iso(current.minus({ days: 1 })) };
  }
  const { preset } = range;
  if (preset === "all_time") return {};
  if (preset === "today") return { from: iso(now) };
  if (preset === "yesterday") return { from: iso(now.minus({ days: 1 })), to: iso(now.minus({ days: 1 })) };
  const size = preset.replace(/^(?:this|previous)_/, "") as Unit;
  if (!units.includes(size)) return null;
  const current = startOf(now, size, weekStart);
  if (preset.startsWith("this_")) return { from: iso(current) };
  return { from: iso(shift(current, -1, size)), to: iso(current.minus({ days: 1 })) };
}
