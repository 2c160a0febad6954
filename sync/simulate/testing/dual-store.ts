import type { TestDatabase } from "@/supabase/testing/database";
import type { Values } from "../../mapping/types";
import type { PageResult } from "../../store";
import { stable } from "../../stores/memory/state";
import { kinds } from "../kinds";
import type { DatabaseSide, DatabaseView } from "./database-side";

/**
 * Two sides driven by one history: every call of the engine and every edit goes to both, the answers are compared, and
 * the first one's is given back. Ids and times differ between the two by nature; everything else must be equal.
 */
export interface DualSide extends DatabaseSide {
  /** What the two answered differently, in the order in which it happened. */
  differences: string[];
  /** Compares everything both hold. */
  compareAll(): Promise<void>;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function createDualSide(one: DatabaseSide, other: DatabaseSide, database: TestDatabase): DualSide {
  /** Ids and clock times of the first, as the second has them. */
  const ids = new Map<string, string>([[one.accountId, other.accountId]]);
  const back = () => new Map([...ids].map(([mine, theirs]) => [theirs, mine]));
  const differences: string[] = [];
  const times = new Map<string, string>();

  async function learn(): Promise<void> {
    const { rows } = await one.view();
    for (const name of one.cast) {
      const { entity, kind } = kinds[name];
      const theirs = await database.sql<{ supabase_id: string; keap_id: number }>(
        `select supabase_id, keap_id from public.${entity} where account_id = $1 and keap_id is not null ${kind ? `and kind = '${kind}'` : ""}`,
        [other.accountId],
      );
      for (const row of rows[name]) {
        const twin = theirs.find((candidate) => Number(candidate.keap_id) === row.keap_id);
        if (twin && !ids.has(row.id)) ids.set(row.id, twin.supabase_id);
      }
    }
  }

  /** One after the other on both sides: where lists are copied side by side, neither may see the other half of a call. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  /** When an order was marked: its answer names the time. */
  function learnTimes(mine: PageResult, theirs: PageResult): void {
    for (const [order, at] of Object.entries(mine.rereads ?? {}))
      if (theirs.rereads?.[order]) times.set(at, theirs.rereads[order]);
  }

  function translate(value: unknown): unknown {
    if (typeof value === "string") {
      if (uuid.test(value)) return ids.get(value) ?? value;
      return times.get(value) ?? value;
    }
    if (value instanceof Map) return value;
    if (Array.isArray(value)) return value.map(translate);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, translate(content)]));
  }

  /** Without what differs by nature: ids in the first one's words, no times of the clock. */
  function normal(value: unknown, theirs: ReadonlyMap<string, string>, field = ""): unknown {
    if (typeof value === "string") {
      if (uuid.test(value)) return theirs.get(value) ?? (isOwnId(field) ? "id" : value);
      return clockFields.has(field) ? "time" : value;
    }
    // records come in no order of their own
    if (Array.isArray(value)) {
      const items = value.map((item) => normal(item, theirs, field));
      const isRecords = items.every(
        (item) => typeof item === "object" && item !== null && !Array.isArray(item),
      );
      return isRecords ? items.sort((a, b) => (stable(a) < stable(b) ? -1 : 1)) : items;
    }
    if (typeof value !== "object" || value === null) return clockFields.has(field) ? "time" : value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, content]) =>
          field === "row"
            ? comparedColumns.has(key) && content !== null && !isEmptyObject(content)
            : !ignored.has(key),
        )
        .map(([key, content]) => [key, normal(content, theirs, field === "rereads" ? field : key)]),
    );
  }

  const inOrder = (value: unknown) =>
    Array.isArray(value) ? value.map(stable).sort() : [stable(value ?? null)];

  function compare(what: string, mine: unknown, theirs: unknown): void {
    const a = inOrder(normal(mine, new Map([...ids.keys()].map((id) => [id, id]))));
    const b = inOrder(normal(theirs, back()));
    if (a.join("\n") === b.join("\n")) return;
    const extra = a.filter((item) => !b.includes(item));
    const missing = b.filter((item) => !a.includes(item));
    differences.push(`${what}\n  memory: ${extra.join("\n    ")}\n  database: ${missing.join("\n    ")}`);
  }

  type Method = (...args: unknown[]) => Promise<unknown>;
  const both = <T extends object>(mineOf: T, theirsOf: T): T =>
    new Proxy(mineOf, {
      get(target, property) {
        const name = String(property);
        const first = target[property as keyof T] as Method;
        const second = theirsOf[property as keyof T] as Method;
        return (...args: unknown[]) =>
          inTurn(async () => {
            const mine = await first.apply(target, args);
            const theirs = await second.apply(
              theirsOf,
              args.map((arg) => translate(arg)),
            );
            if (name === "clock") times.set(String(mine), String(theirs));
            if (name === "applyPage") learnTimes(mine as PageResult, theirs as PageResult);
            if (name === "startRun") ids.set(String(mine), String(theirs));
            if (name === "writeIntents")
              for (const intent of mine as {
                intent_id: string;
                record_id: string;
                other_id: string | null;
              }[]) {
                const twin = (theirs as (typeof intent)[]).find(
                  (candidate) =>
                    candidate.record_id === (ids.get(intent.record_id) ?? intent.record_id) &&
                    candidate.other_id === (intent.other_id && (ids.get(intent.other_id) ?? intent.other_id)),
                );
                if (twin) ids.set(intent.intent_id, twin.intent_id);
              }
            if (name === "applyPage" || name === "settle") await learn();
            if (!silent.has(name)) compare(`${name}(${JSON.stringify(args).slice(0, 200)})`, mine, theirs);
            return mine;
          });
      },
    });
  const store = both(one.store, other.store);
  const hooks = both(one.hooks, other.hooks);

  return {
    store,
    hooks,
    accountId: one.accountId,
    get cast() {
      return one.cast;
    },
    set cast(cast) {
      one.cast = cast;
      other.cast = cast;
    },
    differences,
    insert(entity, values, origin) {
      return inTurn(async () => {
        const id = await one.insert(entity, values, origin);
        ids.set(id, await other.insert(entity, translate(values) as Values, origin));
        return id;
      });
    },
    update(entity, id, values, origin) {
      return inTurn(async () => {
        await one.update(entity, id, values, origin);
        await other.update(entity, ids.get(id) ?? id, translate(values) as Values, origin);
      });
    },
    remove(entity, id) {
      return inTurn(async () => {
        await one.remove(entity, id);
        await other.remove(entity, ids.get(id) ?? id);
      });
    },
    member(contact, tag, present) {
      return inTurn(async () => {
        await one.member(contact, tag, present);
        await other.member(ids.get(contact) ?? contact, ids.get(tag) ?? tag, present);
      });
    },
    async setPolicy(...args) {
      await one.setPolicy(...args);
      await other.setPolicy(...args);
    },
    async setSwitch(...args) {
      await one.setSwitch(...args);
      await other.setSwitch(...args);
    },
    async advance(ms) {
      // one clock for both
      await one.advance(ms);
    },
    view: () => one.view(),
    rowsOf: (name) => one.rowsOf(name),
    async compareAll() {
      const [mine, theirs] = [await one.view(), await other.view()];
      for (const part of Object.keys(mine) as (keyof DatabaseView)[]) {
        if (part === "rows") {
          for (const name of one.cast) compare(name, mine.rows[name].map(bare), theirs.rows[name].map(bare));
        } else compare(part, pickKnown(part, mine[part]), pickKnown(part, theirs[part]));
      }
    },
  };
}

/** Answers that say nothing of the tables, or only times. */
const silent = new Set(["clock", "startRun", "readState", "analyze", "acquireLease", "lostColumns"]);
const clockFields = new Set([
  "rereads",
  "last_synced_at",
  "last_updated_at",
  "deleted_at",
  "created_at",
  "oldest_at",
  "marked_at",
  "keap_created_at",
  "keap_updated_at",
  "supabase_changed_at",
  "keap_changed_at",
  "applied_at",
]);
/** Columns one of the two does not keep. */
const ignored = new Set(["marked_at", "first_lead_source_keap_id", "intent_id"]);
const isOwnId = (field: string) => ["intent_id", "conflict_id", "dead_letter_id", "run_id"].includes(field);

function bare({ values, ...row }: DatabaseView["rows"]["contacts"][number]): unknown {
  const known = Object.entries(values).filter(
    ([column, value]) => value !== null && !isEmptyObject(value) && comparedColumns.has(column),
  );
  return { ...row, values: Object.fromEntries(known) };
}

const comparedColumns = new Set([
  "given_name",
  "family_name",
  "job_title",
  "phone_numbers",
  "email_addresses",
  "custom_fields",
  "name",
  "description",
  "title",
  "body",
  "kind",
  "notes",
  "company_name",
  "next_action_notes",
  "promo_code",
  "quantity",
  "company_keap_id",
  "contact_keap_id",
  "order_keap_id",
  "merged_into_keap_id",
  "company_id",
  "contact_id",
  "order_id",
  "sync_status",
  "last_modified_by",
  "keap_id",
  "version",
]);

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

const parts: Partial<Record<keyof DatabaseView, readonly string[]>> = {
  shadows: [
    "entity",
    "key",
    "record_id",
    "base",
    "keap",
    "members",
    "members_waiting",
    "row_version",
    "keap_id",
  ],
  conflicts: ["entity", "record_id", "field", "base", "keap", "supabase", "policy", "decision", "state"],
  journal: ["entity", "record_id", "other_id", "keap_id", "direction", "action", "origin", "changes"],
  intents: ["entity", "record_id", "other_id", "action", "state", "fields", "marker"],
  letters: ["entity", "record_id", "class", "state", "reason"],
  links: ["contact_id", "tag_id", "present", "sync_status", "version"],
};

const comparedTables = new Set<string>(["contact_tags", ...Object.values(kinds).map((one) => one.entity)]);

function pickKnown(part: keyof DatabaseView, rows: unknown): unknown {
  const columns = parts[part];
  if (!columns) return rows;
  return (rows as Record<string, unknown>[])
    .filter((row) => !("entity" in row) || comparedTables.has(String(row.entity)))
    .map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
}
