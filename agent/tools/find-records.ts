import { z } from "zod";
import { type CopiedEntity, describeCopying } from "@/analytics/query/copying";
import { formatCount, formatDay, formatMoney } from "../format";
import { asToolError } from "../query-errors";
import {
  type FoundRecord,
  type RecordKind,
  recordKinds,
  recordNames,
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
};

export const findRecordsTool = defineTool({
  name: "find_records",
  group: "crm",
  title: "Find deals, tasks and appointments",
  description:
    'Lists deals, tasks or appointments one by one, with their number and worth; for totals over time use query_metric. Example: {"kind":"deal","stage":["Proposal sent"],"waiting_over_days":21}.',
  input: z.strictObject({
    kind: z.enum(recordKinds),
    state: z
      .enum(recordStates)
      .default("open")
      .describe("open includes overdue (a deal: past its next action)."),
    owner: names.describe("Users."),
    stage: names.describe("Deals only."),
    contact_id: z.uuid().optional(),
    search: z.string().min(1).max(200).optional().describe("In the title or the person's name."),
    from: z.iso
      .date()
      .optional()
      .describe("Deal: created (won, lost: closed). Task: due. Appointment: starts."),
    to: z.iso.date().optional(),
    waiting_over_days: z
      .number()
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe("Days in the stage or past due."),
    order: z.enum(["oldest", "newest", "value"]).default("oldest"),
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
    const found = await selectRecords(
      context,
      {
        kind,
        state,
        owner_ids: owners.map(({ id }) => id),
        stage_ids: stages.map(({ id }) => id),
        contact_id: input.contact_id,
        search: input.search,
        from: input.from,
        to: input.to,
        waiting_over_days: input.waiting_over_days,
        order: input.order,
      },
      { limit, offset },
    ).catch(asToolError);
    const copying =
      found.as_of === null ? await describeCopying(madeOf[kind], context).catch(asToolError) : null;
    const end = offset + found.records.length;
    return {
      kind,
      what: inWords({ ...input, owners: owners.map(nameOf), stages: stages.map(nameOf) }),
      records: found.records,
      total: found.total,
      values: found.values,
      ...(copying ? { copying } : {}),
      truncated: end < found.total,
      next_cursor: end < found.total ? String(end) : null,
    };
  },
  describe: ({ kind, what, records, total, values, copying, truncated }) =>
    [
      ...(copying ? [copying] : []),
      total === 0
        ? `There are no ${what}.`
        : `${formatCount(total)} ${total === 1 ? ofOne(kind, what) : what}${worth(values)}${truncated ? `; the first ${records.length}` : ""}:`,
      ...records.map((record) => `- ${line(kind, record)}`),
    ].join("\n"),
});

const ofOne = (kind: RecordKind, what: string) =>
  what
    .replace(`${kind}s`, kind)
    .replace("that have stood", "that has stood")
    .replace("that are late", "that is late");

const nameOf = ({ name }: { name: string }) => name;

/** A condition that would be passed over in silence is refused. */
function refuseMismatch({
  kind,
  state,
  stage,
  order,
  waiting_over_days,
}: {
  kind: RecordKind;
  state: string;
  stage?: string[] | undefined;
  order: string;
  waiting_over_days?: number | undefined;
}): void {
  const wrong =
    kind === "deal"
      ? state === "done"
        ? "A deal is open, overdue, won or lost, not done."
        : null
      : stage
        ? `Only deals stand in a stage; leave stage out for a ${kind}.`
        : order === "value"
          ? `Only deals have a value; order a ${kind} by oldest or newest.`
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
  from,
  to,
  waiting_over_days,
}: {
  kind: RecordKind;
  state: (typeof recordStates)[number];
  owners: string[];
  stages: string[];
  search?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  waiting_over_days?: number | undefined;
}): string {
  const adjective =
    state === "any"
      ? ""
      : kind === "appointment"
        ? state === "open"
          ? "coming "
          : "past "
        : `${state === "overdue" && kind === "deal" ? "open" : state} `;
  const either = (list: string[]) => list.map((name) => `"${name}"`).join(" or ");
  const dated =
    kind === "deal"
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
    search && `with "${search}" in the title or the person's name`,
    from && to
      ? from === to
        ? `${dated} ${formatDay(from)}`
        : `${dated} ${formatDay(from)} to ${formatDay(to)}`
      : from
        ? `${dated} from ${formatDay(from)} on`
        : to && `${dated} up to ${formatDay(to)}`,
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
  const { title, contact, owner, stage, value, currency, day, time, days, state } = record;
  const late = days === null ? null : `${formatCount(days)} ${days === 1 ? "day" : "days"}`;
  return [
    `**${plain(title) || "(no title)"}**`,
    plain(contact),
    kind === "deal" && plain(stage),
    value !== null && formatMoney(value, currency ?? "USD"),
    kind === "deal"
      ? late && `${late} in this stage`
      : day && `${kind === "task" ? "due " : ""}${formatDay(day)}${time ? ` ${time}` : ""}`,
    kind === "deal" && day && state !== "won" && state !== "lost" && `next action ${formatDay(day)}`,
    kind === "task" && state === "overdue" && late && `${late} late`,
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
