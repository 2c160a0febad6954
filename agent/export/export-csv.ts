import type { AnyChart } from "@/analytics/charts/any-chart";
import { allRows, pageSize } from "@/analytics/query/all-rows";
import {
  byteOrderMark,
  type CsvColumn,
  type CsvTable,
  csvHeader,
  csvNote,
  csvRow,
  fileName,
} from "@/analytics/query/csv";
import { type DrillResult, drill } from "@/analytics/query/drill";
import type { After } from "@/analytics/query/pages";
import type { ResultRow } from "@/analytics/query/result";
import { drillShape } from "@/analytics/shapes/drill-shape";
import { runShape } from "@/analytics/shapes/run-shape";
import { formatCount } from "../format";
import { atRiskPeople } from "../people/at-risk";
import { conditionsOf, namesPeople, type PeopleInput, peopleInWords } from "../people/people-input";
import { type PeopleConditions, type PeopleOrder, type Person, selectPeople } from "../people/select-people";
import { asToolError } from "../query-errors";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";
import { findContactsTool, withAmong } from "../tools/find-contacts";
import { mayUse } from "../tools/rights";
import type { ExportRequest } from "./export-schema";

/** Rows of one file at most; a spreadsheet opens about a million. */
export const mostRows = 250_000;

/** Columns once, then rows in pages of which one is held at a time. */
interface Pages {
  table: CsvTable;
  pages: AsyncIterable<readonly ResultRow[]>;
  /** What a reader of the file must know beside the rows. */
  note?: string | undefined;
}

export interface CsvFile {
  name: string;
  /** The text in pieces, header first. */
  chunks: AsyncGenerator<string>;
}

type Limits = { size?: number; most?: number };

/**
 * A file of all rows that were asked for, written as they are read. What must be refused is refused before the first
 * piece. @throws ToolError
 */
export async function exportCsv(
  request: ExportRequest,
  context: ToolContext,
  { size = pageSize, most = mostRows }: Limits = {},
): Promise<CsvFile> {
  const { title, read } = await prepare(request, context, size);
  const { table, pages, note } = await read();
  return { name: fileName(title, "csv"), chunks: write(table, pages, most, note) };
}

async function* write(
  table: CsvTable,
  pages: Pages["pages"],
  most: number,
  note: string | undefined,
): AsyncGenerator<string> {
  yield byteOrderMark + csvHeader(table);
  let written = 0;
  for await (const rows of pages) {
    const kept = rows.slice(0, most - written);
    written += kept.length;
    if (kept.length > 0) yield kept.map((row) => csvRow(row, table)).join("");
    if (kept.length < rows.length) {
      yield csvNote(
        `This file holds the first ${formatCount(most)} rows and there are more. Narrow the question to get the others.`,
      );
      break;
    }
  }
  if (note) yield csvNote(note);
}

interface Prepared {
  title: string;
  read: () => Promise<Pages>;
}

async function prepare(request: ExportRequest, context: ToolContext, size: number): Promise<Prepared> {
  switch (request.kind) {
    case "chart":
      return { title: request.chart.title, read: () => readChart(request.chart, context, size) };
    case "cell":
      refuseWithoutPeople(context);
      return {
        title: `${request.chart.title} people`,
        read: () => readCell(request.chart, request.cell, context, size),
      };
    case "people": {
      refuseWithoutPeople(context);
      const { order, ...who } = request.people;
      const input = withAmong(who);
      const conditions = await conditionsOf(input, context);
      return {
        title: titleOf(who),
        read: async () => readPeople(conditions, { order, atRisk: who.at_risk === true, size }, context),
      };
    }
    case "segment":
      refuseWithoutPeople(context);
      return {
        title: await nameOfSegment(request.segment, context),
        read: async () => readPeople(inSegment(request.segment), { size }, context),
      };
  }
}

/** `people who bought "Kit"`; conditions may also be given by ids, which say nothing to anybody. */
function titleOf({ search, ...who }: PeopleInput & { search?: string | undefined }): string {
  if (search) return `people matching ${search}`;
  if (!namesPeople(who)) return "people";
  const words = peopleInWords(who);
  return /[0-9a-f]{8}-[0-9a-f]{4}-/.test(words) ? "people" : `people who ${words}`;
}

/** Lists of people are for those who may find people. */
function refuseWithoutPeople({ principal }: ToolContext): void {
  if (!mayUse(findContactsTool, principal))
    throw new ToolError(
      "forbidden",
      `Lists of people are not open to the role "${principal.role}". Ask an administrator of this account for the role of analyst.`,
    );
}

/** The first page is read before the first piece is written, so that a refusal is an answer and not a broken file. */
async function startOf<T>(
  pages: AsyncGenerator<T>,
): Promise<{ first: T | undefined; all: AsyncGenerator<T> }> {
  const { value, done } = await pages.next().catch(asToolError);
  if (done) return { first: undefined, all: pages };
  const all = (async function* () {
    yield value as T;
    yield* pages;
  })();
  return { first: value as T, all };
}

async function readChart(chart: AnyChart, context: ToolContext, size: number): Promise<Pages> {
  if ("shape" in chart) {
    const result = await runShape(chart.shape, context).catch(asToolError);
    return { table: result, pages: onePage(result.rows), note: result.copying };
  }
  const { first, all } = await startOf(allRows(chart.query, context, size));
  if (!first) return { table: { columns: [], currency: null }, pages: onePage([]) };
  return {
    table: first.result,
    pages: rowsOf(all),
    note: first.result.copying,
  };
}

async function* onePage(rows: readonly ResultRow[]): AsyncGenerator<readonly ResultRow[]> {
  yield rows;
}

async function* rowsOf(
  pages: AsyncIterable<{ rows: readonly ResultRow[] }>,
): AsyncGenerator<readonly ResultRow[]> {
  for await (const { rows } of pages) yield rows;
}

const text = (id: string, label: string): CsvColumn => ({ id, label, unit: "text" });

const ofPerson = [
  text("contact_name", "Name"),
  text("email", "E-mail"),
  text("contact_keap_id", "Contact id in Keap"),
];
/** What stands in a line of the file, by what is behind the cell. */
const ofTarget: Record<DrillResult["target"], CsvColumn[]> = {
  contacts: [...ofPerson, text("at", "Added")],
  payments: [
    text("keap_id", "Payment id in Keap"),
    text("at", "Paid"),
    text("kind", "Kind"),
    text("title", "Paid by"),
    ...ofPerson,
    { id: "amount_minor", label: "Amount", unit: "money" },
  ],
  orders: [
    text("keap_id", "Order id in Keap"),
    text("at", "Ordered"),
    text("title", "Order"),
    ...ofPerson,
    { id: "amount_minor", label: "Order total", unit: "money" },
  ],
  subscriptions: [
    text("keap_id", "Subscription id in Keap"),
    text("at", "Started"),
    text("title", "Product"),
    ...ofPerson,
  ],
};

async function readCell(
  chart: AnyChart,
  opened: Extract<ExportRequest, { kind: "cell" }>["cell"],
  context: ToolContext,
  size: number,
): Promise<Pages> {
  const page = (after: After): Promise<DrillResult> => {
    if ("shape" in chart && opened.kind === "shape")
      return drillShape(chart.shape, opened.cell, context, { limit: size, after });
    if (!("shape" in chart) && opened.kind === "metric")
      return drill(chart.query, opened.cell, context, { limit: size, after });
    throw new ToolError("invalid_input", "This number cannot be opened. Load the page again.");
  };
  const { first, all } = await startOf(pagesBy(page));
  if (!first) return { table: { columns: [], currency: null }, pages: onePage([]) };
  // What each adds: money for money, days for a median, one for a count, the upper part of a ratio.
  const adds: CsvColumn = {
    id: "value",
    label: "In this number",
    unit: first.unit === "money" ? "money" : "number",
  };
  const { time_zone } = context.account;
  return {
    table: { columns: [...ofTarget[first.target], adds], currency: first.currency },
    pages: (async function* () {
      for await (const { rows } of all)
        yield rows.map((row) => ({ ...row, at: localTime(row.at, time_zone) }));
    })(),
  };
}

async function* pagesBy<T extends { next?: After | null }>(
  read: (after: After) => Promise<T>,
): AsyncGenerator<T> {
  for (let after: After | null = []; after; ) {
    const page: T = await read(after);
    yield page;
    after = page.next ?? null;
  }
}

const measured: Record<PeopleOrder["by"], CsvColumn> = {
  spent: { id: "value", label: "Paid", unit: "money" },
  owes: { id: "value", label: "Owes", unit: "money" },
  orders: { id: "value", label: "Orders", unit: "count" },
  last_order: text("at", "Last order"),
  first_order: text("at", "First order"),
  added: text("at", "Added"),
};

async function readPeople(
  conditions: PeopleConditions,
  { order, atRisk, size }: { order?: PeopleOrder | undefined; atRisk?: boolean; size: number },
  context: ToolContext,
): Promise<Pages> {
  const { time_zone, currency } = context.account;
  const columns: CsvColumn[] = [
    text("name", "Name"),
    text("email", "E-mail"),
    text("keap_id", "Contact id in Keap"),
    text("created_at", "Added"),
    ...(order && order.by !== "added" ? [measured[order.by]] : []),
    ...(atRisk ? [{ id: "score", label: "Times the usual gap", unit: "number" } as const] : []),
  ];
  const lines = (people: (Person & { value?: number | null; at?: string | null; score?: number })[]) =>
    people.map(
      ({ contact_id: _, ...person }): ResultRow => ({
        ...person,
        created_at: localTime(person.created_at, time_zone),
        at: localTime(person.at, time_zone),
      }),
    );
  if (atRisk) {
    // Scored people are few: one page holds them all.
    const { people } = await atRiskPeople(context, conditions, { limit: size });
    return {
      table: { columns, currency },
      pages: onePage(lines(people.map(({ risk, ...person }) => ({ ...person, score: risk.score })))),
    };
  }
  const read = (after: After) => selectPeople(context, conditions, { limit: size, after }, order);
  const { all } = await startOf(pagesBy(read));
  return {
    table: { columns, currency },
    pages: (async function* () {
      for await (const { people } of all) yield lines(people);
    })(),
  };
}

/** Members of a segment as it was last refreshed, or as it was frozen. */
const inSegment = (id: string): PeopleConditions => ({
  where: {
    text: "c.contact_id in (select s.contact_id from analytics.segment_people s where s.segment_id = (:w0)::uuid)",
    params: [id],
  },
});

async function nameOfSegment(id: string, { db, principal }: ToolContext): Promise<string> {
  const { data, error } = await db
    .from("segments")
    .select("name")
    .eq("account_id", principal.account_id)
    .eq("id", id)
    .maybeSingle();
  if (error)
    throw new ToolError("unavailable", "The segment could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  if (!data) throw new ToolError("not_found", "There is no such segment in this account.");
  return String(data.name);
}

/** `2026-03-31 14:05` in the account's zone, which a spreadsheet takes for a time. */
function localTime(at: ResultRow[string] | undefined, zone: string): string | null {
  if (typeof at !== "string") return null;
  const parts = new Map(
    clock(zone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  const [year, month, day, hour, minute] = ["year", "month", "day", "hour", "minute"].map((part) =>
    parts.get(part as Intl.DateTimeFormatPartTypes),
  );
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function clock(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  clocks.set(zone, made);
  return made;
}
