import { DateTime } from "luxon";
import type { Drawing } from "@/analytics/charts/chart-spec";
import { drawingSchema } from "@/analytics/charts/chart-spec";
import { type Query, querySchema } from "@/analytics/query/query";
import { type PeopleInput, peopleShape } from "../../people/people-input";
import type { PeopleOrder } from "../../people/select-people";
import { type ShapeInput, shapeInputSchema } from "../../tools/shape";

/** A tool call of the conversation so far, as the model sees it. */
export interface PastCall {
  tool: string;
  input: unknown;
  /** Which turn of the conversation it belongs to, counted from its beginning. */
  turn?: number;
  /** What it returned, where that is known. */
  output?: unknown;
}

/** What a follow-up can refer to. */
export interface Memory {
  /** The latest question about numbers that was answered. */
  last?: { query: Query; drawing?: Drawing; title?: string; share?: true };
  /** The first of the periods it put in order: `what drove it` after the best month is of that month. */
  leader?: { from: string; to: string };
  /** The people behind that number were shown with it. */
  behind?: true;
  /** Questions that were answered beside it in the same turn: the other groups or periods of a comparison. */
  beside?: Query[];
  /** The question about numbers that was answered just before that one: `the difference` is of the two. */
  earlier?: Query;
  /** The latest answer was a shape: its call. There is then no `last`, which would be about something older. */
  shape?: ShapeInput & { open?: unknown };
  /** The people of the list shown last: `tag them`. */
  people?: PeopleInput;
  /** The order in which they were shown. */
  order?: PeopleOrder;
  /** The latest answer was about one person: the name that was asked for. */
  person?: string;
  /** Who they were, one by one, where the list held only the first of a ranking. */
  ranked?: readonly string[];
  /** Which page of them was shown. */
  page?: { limit: number; from: number };
  /** The latest answer was a list of deals, tasks or appointments: its call. */
  records?: Record<string, unknown>;
  /** The latest answer was a search in what was written: its call. */
  search?: Record<string, unknown>;
  /** The latest answer said where a change happened: its call. */
  explained?: { metric: string; range: Query["range"]; comparison: NonNullable<Query["comparison"]> };
  /** The latest answer was a forecast: its call. */
  forecast?: { metric: string; months: number; filters?: unknown };
  /** The latest call of all was a number, so that `them` may be who it counts. */
  shown?: "number";
  /** The question before this one, when it was answered with a question of ours instead of numbers. */
  unanswered?: string;
}

/** As many as are shown when a list is put in another order, and when all of it is asked for. */
export const sortedLimit = 25;
export const wholeLimit = 100;

/** How many of a ranking were shown, where those few were asked for and are no condition; null otherwise. */
export const onlyTheFirst = ({ order, page }: Memory): number | null =>
  order && page && page.limit !== sortedLimit && page.limit !== wholeLimit ? page.limit : null;

/** Remembers the latest valid `query_metric` call; calls that were malformed are passed over. */
export function remember(calls: readonly PastCall[], unanswered?: string): Memory {
  const latest = calls.at(-1);
  const people = peopleOf(latest);
  const listed = {
    ...(people ? { people } : {}),
    ...orderOf(latest),
    ...personOf(latest),
    ...(latest?.tool === "search_knowledge" && latest.input
      ? { search: latest.input as Record<string, unknown> }
      : {}),
    ...forecastOf(latest),
    ...explainedBy(latest),
    ...(latest?.tool === "find_records" && latest.input
      ? { records: latest.input as Record<string, unknown> }
      : {}),
  };
  for (const { tool, input, turn, output } of [...calls].reverse()) {
    const shape = shapeIn(tool, input);
    if (shape) return { shape, ...listed, unanswered };
    // Its query stands in the database alone: what came before it is not what a follow-up means.
    if (tool === "saved_questions" && (input as { name?: unknown } | null)?.name)
      return { ...listed, unanswered };
    if (tool !== "query_metric" || typeof input !== "object" || input === null) continue;
    const { query, drawing, title, share } = input as Record<string, unknown>;
    const parsed = querySchema.safeParse(query);
    if (!parsed.success) continue;
    const drawn = drawingSchema.safeParse(drawing);
    const beside =
      turn === undefined ? [] : besideIn(calls.filter((call) => call.turn === turn)).slice(0, -1);
    const earlier = turn === undefined ? undefined : besideIn(turnBefore(calls, turn)).at(-1);
    const opened = latest?.tool === tool && (latest.input as { behind?: unknown }).behind === true;
    return {
      ...(beside.length > 0 ? { beside } : {}),
      ...(earlier ? { earlier } : {}),
      ...(opened && latest.input === input ? { behind: true as const } : {}),
      ...(latest?.input === input ? { shown: "number" as const, ...leaderOf(parsed.data, output) } : {}),
      last: {
        query: parsed.data,
        ...(drawn.success ? { drawing: drawn.data } : {}),
        ...(typeof title === "string" ? { title } : {}),
        ...(share === true ? { share } : {}),
      },
      ...listed,
      unanswered,
    };
  }
  return { ...listed, unanswered };
}

/** Which period came first where periods were put in order. */
function leaderOf({ dimensions, order, grain }: Query, output: unknown): Pick<Memory, "leader"> {
  if (!order || dimensions.length !== 1 || dimensions[0] !== "time" || !grain) return {};
  const rows = (output as { result?: { rows?: unknown } } | null | undefined)?.result?.rows;
  const start = Array.isArray(rows) ? (rows[0] as { time?: unknown } | undefined)?.time : undefined;
  if (typeof start !== "string") return {};
  const from = DateTime.fromISO(start, { zone: "utc" });
  const to = from
    .plus(grain === "quarter" ? { months: 3 } : { [`${grain}s`]: 1 })
    .minus({ days: 1 })
    .toISODate();
  const first = from.toISODate();
  return first && to ? { leader: { from: first, to } } : {};
}

/** The calls of the turn before one, whichever that was. */
function turnBefore(calls: readonly PastCall[], turn: number): PastCall[] {
  const before = calls.filter((call) => call.turn !== undefined && call.turn < turn);
  return before.filter((call) => call.turn === before.at(-1)?.turn);
}

/** The queries of one turn, in order. */
function besideIn(calls: readonly PastCall[]): Query[] {
  return calls.flatMap(({ tool, input }) => {
    if (tool !== "query_metric") return [];
    const parsed = querySchema.safeParse((input as { query?: unknown } | null)?.query);
    return parsed.success ? [parsed.data] : [];
  });
}

/** A call of the shape tool, or of the cohorts that have a tool of their own. */
function shapeIn(tool: string, input: unknown): Memory["shape"] | null {
  if (typeof input !== "object" || input === null) return null;
  if (tool === "cohort") {
    const parsed = shapeInputSchema.safeParse({ shape: "retention_cohorts", ...input });
    return parsed.success ? parsed.data : null;
  }
  if (tool !== "shape") return null;
  const { open: _, title: __, ...chart } = input as Record<string, unknown>;
  const parsed = shapeInputSchema.safeParse(chart);
  return parsed.success ? parsed.data : null;
}

/** Conditions of the latest call when it listed or chose people by conditions; a search by name is none. */
function peopleOf(call: PastCall | undefined): PeopleInput | null {
  if (!call || typeof call.input !== "object" || call.input === null) return null;
  if (!["find_contacts", "propose_tags", "propose_outreach", "create_segment"].includes(call.tool))
    return null;
  const given = Object.entries(call.input).filter(([key]) => key in peopleShape);
  return given.length > 0 ? Object.fromEntries(given) : null;
}

function forecastOf(call: PastCall | undefined): Pick<Memory, "forecast"> {
  if (call?.tool !== "forecast" || typeof call.input !== "object" || call.input === null) return {};
  const { metric, months = 3, filters } = call.input as NonNullable<Memory["forecast"]>;
  return typeof metric === "string" ? { forecast: { metric, months, ...(filters ? { filters } : {}) } } : {};
}

function explainedBy(call: PastCall | undefined): Pick<Memory, "explained"> {
  if (call?.tool !== "explain_change" || typeof call.input !== "object" || call.input === null) return {};
  const {
    metric,
    range,
    comparison = "previous_period",
  } = call.input as Partial<NonNullable<Memory["explained"]>>;
  return metric && range ? { explained: { metric, range, comparison } } : {};
}

/** Whom one was asked about by name; who was chosen by conditions is none. */
function personOf(call: PastCall | undefined): Pick<Memory, "person"> {
  if (!call || typeof call.input !== "object" || call.input === null) return {};
  const { search, person } = call.input as { search?: unknown; person?: unknown };
  const name = person ?? search;
  return typeof name === "string" ? { person: name } : {};
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The first ten of a ranking are no condition, but they are ten people. */
function rankedIn(output: unknown): string[] {
  const people = (output as { people?: unknown } | null | undefined)?.people;
  if (!Array.isArray(people)) return [];
  const ids = people.map((person: { contact_id?: unknown } | null) => person?.contact_id);
  return ids.filter((id): id is string => typeof id === "string" && uuid.test(id)).slice(0, 100);
}

function orderOf(call: PastCall | undefined): Pick<Memory, "order" | "page" | "ranked"> {
  if (call?.tool !== "find_contacts") return {};
  const {
    order,
    limit = 20,
    cursor = "0",
  } = call.input as { order?: PeopleOrder; limit?: number; cursor?: string };
  const ranked = order ? rankedIn(call.output) : [];
  return {
    ...(order ? { order } : {}),
    ...(ranked.length > 0 ? { ranked } : {}),
    page: { limit, from: Number(cursor) },
  };
}
