import { z } from "zod";
import { type CopiedEntity, describeCopying } from "@/analytics/query/copying";
import { formatCount, formatDay, formatMoney } from "../format";
import { minorOf } from "../people/where-sql";
import { asToolError } from "../query-errors";
import {
  countByOwner,
  type FoundRecord,
  type RecordKind,
  recordKinds,
  recordNames,
  recordOrders,
  recordSchema,
  recordStates,
  selectRecords,
} from "../records/select-records";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const names = z.array(z.string().min(1).max(200)).min(1).max(20).optional();

const madeOf: Record<RecordKind, CopiedEntity[]> = {
  deal: ["opportunities", "opportunity_stages", "stage_moves"],
  task: ["tasks"],
  appointment: ["appointments"],
  order: ["orders", "payments"],
};

export const findRecordsTool = defineTool({
  name: "find_records",
  group: "crm",
  title: "Find deals, tasks, appointments and orders",
  description:
    'Lists deals, tasks, appointments or orders one by one, with their number and worth; for totals over time use query_metric. Example: {"kind":"deal","stage":["Proposal sent"],"waiting_over_days":21}.',
  input: z.strictObject({
    kind: z.enum(recordKinds),
    state: z
      .enum(recordStates)
      .default("open")
      .describe("open includes overdue (a deal: past its next action); an order: unpaid."),
    owner: names.describe("Users."),
    stage: names.describe("Deals only."),
    contact_id: z.uuid().optional(),
    search: z.string().min(1).max(200).optional().describe("In the title or the person's name."),
    reason: z.string().min(1).max(100).optional().describe("Part of why a deal was lost."),
    from: z.iso
      .date()
      .optional()
      .describe("Deal: created (won, lost: closed). Task: due. Appointment: starts. Order: placed."),
    to: z.iso.date().optional(),
    dated: z.enum(["created", "expected_close"]).optional().describe("Of a deal: what from and to are of."),
    value_over: z.number().min(0).optional().describe("Money as 500 for 500.00."),
    value_under: z.number().min(0).optional(),
    by_owner: z.boolean().optional().describe("How many each owner has, instead of the list."),
    waiting_over_days: z
      .number()
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe("Days in the stage or past due."),
    order: z.enum(recordOrders).default("oldest"),
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().max(20).optional(),
  }),
  output: z.object({
    kind: z.enum(recordKinds),
    what: z.string().describe("What was looked for, in words."),
    records: z.array(recordSchema),
    total: z.number(),
    values: z
      .array(z.object({ currency: z.string(), minor: z.number() }))
      .describe("Of all deals found, not of the page alone."),
    owners: z
      .array(z.object({ owner: z.string().nullable(), total: z.number() }))
      .optional()
      .describe("With by_owner."),
    copying: z.string().optional().describe("Say this first: what is still being copied from Keap."),
    truncated: z.boolean(),
    next_cursor: z.string().nullable(),
  }),
  annotations: readOnly,
  handler: async (input, context) => {
    const { kind, state, limit } = input;
    const offset = input.cursor ? Number(input.cursor) : 0;
    if (!Number.isInteger(offset) || offset < 0)
      throw new ToolError(
        "invalid_input",
        "The cursor is not one this tool gave out. Leave it out to start at the first page.",
      );
    refuseMismatch(input);
    const [owners, stages] = await Promise.all([
      recordNames("owner", input.owner ?? [], context),
      recordNames("stage", input.stage ?? [], context),
    ]).catch(asToolError);
    const conditions = {
      kind,
      state,
      owner_ids: owners.map(({ id }) => id),
      stage_ids: stages.map(({ id }) => id),
      contact_id: input.contact_id,
      search: input.search,
      reason: input.reason,
      from: input.from,
      to: input.to,
      waiting_over_days: input.waiting_over_days,
      order: input.order,
      dated: input.dated,
      value_over_minor: minorOr(input.value_over, context.account.currency),
      value_under_minor: minorOr(input.value_under, context.account.currency),
    };
    const found = await selectRecords(context, conditions, { limit, offset }).catch(asToolError);
    const grouped = input.by_owner ? await countByOwner(context, conditions).catch(asToolError) : null;
    const copying =
      found.as_of === null ? await describeCopying(madeOf[kind], context).catch(asToolError) : null;
    const end = offset + found.records.length;
    return {
      kind,
      what: inWords({ ...input, owners: owners.map(nameOf), stages: stages.map(nameOf) }),
      records: found.records,
      total: found.total,
      values: found.values,
      ...(grouped ? { owners: grouped.owners } : {}),
      ...(copying ? { copying } : {}),
      truncated: end < found.total,
      next_cursor: end < found.total ? String(end) : null,
    };
  },
  describe: ({ kind, what, records, total, values, owners, copying, truncated }) =>
    [
      ...(copying ? [copying] : []),
      ...(owners && total > 0
        ? [
            `${formatCount(total)} ${total === 1 ? ofOne(kind, what) : what}, by owner:`,
            ...owners.map(
              ({ owner, total: many }) => `- ${plain(owner) || "no owner"}: ${formatCount(many)}`,
            ),
          ]
        : listOf(kind, what, records, total, values, truncated)),
    ].join("\n"),
});

function listOf(
  kind: RecordKind,
  what: string,
  records: FoundRecord[],
  total: number,
  values: { currency: string; minor: number }[],
  truncated: boolean,
): string[] {
  const lost = records.filter(({ state }) => state === "lost");
  const silent = lost.filter(({ reason }) => reason === null).length;
  return [
    total === 0
      ? `There are no ${what}.`
      : `${formatCount(total)} ${total === 1 ? ofOne(kind, what) : what}${worth(values)}${truncated ? `; the first ${records.length}` : ""}:`,
    ...records.map((record) => `- ${line(kind, record)}`),
    ...(silent > 0
      ? [
          silent === lost.length
            ? "No reason is written down with them."
            : `No reason is written down with ${formatCount(silent)} of them.`,
        ]
      : []),
  ];
}

const ofOne = (kind: RecordKind, what: string) =>
  what
    .replace(`${kind}s`, kind)
    .replace("that have stood", "that has stood")
    .replace("that are late", "that is late");

const minorOr = (amount: number | undefined, currency: string) =>
  amount === undefined ? undefined : minorOf(amount, currency);

const nameOf = ({ name }: { name: string }) => name;

/** A condition that would be passed over in silence is refused. */
function refuseMismatch({
  kind,
  state,
  stage,
  order,
  reason,
  waiting_over_days,
}: {
  kind: RecordKind;
  state: string;
  reason?: string | undefined;
  stage?: string[] | undefined;
  order: string;
  waiting_over_days?: number | undefined;
}): void {
  const wrong =
    kind === "deal"
      ? state === "done"
        ? "A deal is open, overdue, won or lost, not done."
        : reason && state !== "lost" && state !== "any"
          ? "Only lost deals have a reason; ask for the state lost."
          : null
      : reason
        ? `Only lost deals have a reason; leave it out for a ${kind}.`
        : stage
          ? `Only deals stand in a stage; leave stage out for a ${kind}.`
          : kind === "order" && (state === "won" || state === "lost")
            ? "An order is open (not paid in full), overdue, done (paid) or any."
            : (order === "value" || order === "smallest") && kind !== "order"
              ? `Only deals and orders have a value; order a ${kind} by oldest or newest.`
              : state === "won" || state === "lost"
                ? `Only deals are won or lost; a ${kind} is open, overdue or done.`
                : kind === "appointment" && (state === "overdue" || waiting_over_days !== undefined)
                  ? "An appointment is open (still to come) or done; it cannot wait."
                  : null;
  if (wrong) throw new ToolError("invalid_input", wrong);
}

function inWords({
  kind,
  state,
  owners,
  stages,
  search,
  reason,
  from,
  to,
  waiting_over_days,
  dated,
  value_over,
  value_under,
}: {
  kind: RecordKind;
  state: (typeof recordStates)[number];
  owners: string[];
  stages: string[];
  search?: string | undefined;
  reason?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  waiting_over_days?: number | undefined;
  dated?: "created" | "expected_close" | undefined;
  value_over?: number | undefined;
  value_under?: number | undefined;
}): string {
  const adjective =
    state === "any"
      ? ""
      : kind === "order"
        ? state === "done"
          ? "paid "
          : state === "open"
            ? "unpaid "
            : "overdue "
        : kind === "appointment"
          ? state === "open"
            ? "coming "
            : "past "
          : `${state === "overdue" && kind === "deal" ? "open" : state} `;
  const either = (list: string[]) => list.map((name) => `"${name}"`).join(" or ");
  const days =
    dated === "expected_close"
      ? "expected to close"
      : dated === "created"
        ? "created"
        : kind === "order"
          ? "placed"
          : kind === "deal"
            ? state === "won" || state === "lost"
              ? "closed"
              : "created"
            : kind === "task"
              ? "due"
              : "starting";
  return [
    `${adjective}${kind}s`,
    owners.length > 0 && `of ${owners.join(" or ")}`,
    stages.length > 0 && `in the stage ${either(stages)}`,
    state === "overdue" && kind === "deal" && "whose next action is past",
    waiting_over_days !== undefined &&
      `${kind === "deal" ? "that have stood there" : "that are late"} for more than ${formatCount(waiting_over_days)} days`,
    value_over !== undefined && `over ${value_over.toLocaleString("en-US")}`,
    value_under !== undefined &&
      `${value_over === undefined ? "" : "and "}under ${value_under.toLocaleString("en-US")}`,
    reason && `with "${reason}" in the reason`,
    search && `with "${search}" in the title or the person's name`,
    from && to
      ? from === to
        ? `${days} ${formatDay(from)}`
        : `${days} ${formatDay(from)} to ${formatDay(to)}`
      : from
        ? `${days} from ${formatDay(from)} on`
        : to && `${days} up to ${formatDay(to)}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function worth(values: { currency: string; minor: number }[]): string {
  return values.length === 0
    ? ""
    : `, worth ${values.map(({ currency, minor }) => formatMoney(minor, currency)).join(" and ")}`;
}

function line(kind: RecordKind, record: FoundRecord): string {
  const { title, contact, owner, stage, reason, value, currency, day, time, days, state } = record;
  const late = days === null ? null : `${formatCount(days)} ${days === 1 ? "day" : "days"}`;
  return [
    `**${plain(title) || "(no title)"}**`,
    plain(contact),
    kind === "deal" && plain(stage),
    kind === "deal" && reason && `reason: ${plain(reason)}`,
    value !== null && formatMoney(value, currency ?? "USD"),
    kind === "deal"
      ? late && `${late} in this stage`
      : day && `${kind === "task" ? "due " : ""}${formatDay(day)}${time ? ` ${time}` : ""}`,
    kind === "deal" && day && state !== "won" && state !== "lost" && `next action ${formatDay(day)}`,
    (kind === "task" || kind === "order") && state === "overdue" && late && `${late} late`,
    owner && `owner ${plain(owner)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** One line, without marks that could pass for markup. */
function plain(text: string | null): string {
  return (text ?? "")
    .replace(/[\s|*_`[\]<>#]+/g, " ")
    .trim()
    .slice(0, 120);
}
