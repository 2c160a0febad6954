import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import type { ShapeResult } from "@/analytics/shapes/shape";
import { formatCell, formatCount, formatDay } from "../../../format";
import { nameOf, rangeInWords } from "../compose";

/** What a shape answer needs to be told: the result and what stands behind the cell that was asked about. */
export interface ShapeAnswer {
  result: Pick<ShapeResult, "query" | "columns" | "rows" | "range" | "notes"> & {
    copying?: string | undefined;
  };
  behind: {
    cell: { row?: string | undefined; column: string };
    total: number | null;
    rows: ResultRow[];
    truncated: boolean;
  } | null;
}

/** A short answer to a shape. Every number in it is a cell, printed by the formatter of the table. */
export function composeShape({ result, behind }: ShapeAnswer): string {
  const { rows, range, notes } = result;
  if (rows.length === 0) return [`${upperFirst(days(range))} there is nothing to show.`, ...notes].join(" ");
  const body = sentences(result, behind).filter(Boolean).join(" ");
  const first = result.copying ? `${result.copying} ${body}` : body;
  return [
    first,
    notes
      .filter((note) => note !== result.copying && !note.startsWith("The period is still running"))
      .join(" "),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function sentences(result: ShapeAnswer["result"], behind: ShapeAnswer["behind"]): string[] {
  switch (result.query.shape) {
    case "funnel":
      return funnel(result);
    case "survival":
      return survival(result);
    case "rfm_moves":
      return rfm(result, behind);
    case "reconciliation":
      return reconciliation(result);
    case "attribution":
      return attribution(result);
    case "revenue_cohorts":
      return revenueCohorts(result);
    case "retention_cohorts":
      return retention(result);
    case "mrr_bridge":
      return bridge(result);
  }
}

type Shown = ShapeAnswer["result"];

const cell = ({ columns }: Shown, row: ResultRow, id: string): string => {
  const column = columns.find((each) => each.id === id) ?? hidden(id);
  return `**${formatCell(column, row)}**`;
};
const hidden = (id: string): ResultColumn => ({ id, label: id, kind: "metric", unit: "count" });
const people = (text: string, count: ResultRow[string] | undefined) =>
  `${text} ${count === 1 ? "person" : "people"}`;

function funnel(result: Shown): string[] {
  const { rows, range } = result;
  const [first, ...rest] = rows;
  const last = rows.at(-1);
  if (!first || !last) return [];
  const steps = rest.map((row) => {
    const days =
      row.median_days === null
        ? ""
        : `, in the median ${cell(result, row, "median_days")} after the step before`;
    const share =
      row.from_previous === null ? "" : ` (${cell(result, row, "from_previous")} of the step before)`;
    return `${cell(result, row, "people")} ${lowerFirst(nameOf(row.step))}${share}${days}`;
  });
  return [
    `${upperFirst(days(range))}, ${people(cell(result, first, "people"), first.people)} took the first step (${lowerFirst(nameOf(first.step))}).`,
    `${upperFirst(steps.join("; "))}.`,
    rest.length > 1 && last.from_start !== null
      ? `From the first step to the last it is ${cell(result, last, "from_start")}.`
      : "",
  ];
}

function survival(result: Shown): string[] {
  const { rows, range } = result;
  const [first] = rows;
  if (!first || first.watched === 0) return [`Nobody began to pay ${days(range)}.`];
  const known = rows.filter((row) => row.still_paying !== null && row.month !== 0);
  const points = known.filter(({ month }) => [1, 3, 6, 12, 24, 36].includes(Number(month)));
  const half = known.find((row) => Number(row.still_paying) <= 0.5);
  return [
    `Of the ${cell(result, first, "watched")} who began to pay ${days(range)}, ${points.map((row) => `${cell(result, row, "still_paying")} still paid after ${formatCount(Number(row.month))} ${row.month === 1 ? "month" : "months"}`).join(", ")}.`,
    half
      ? `Half of them had left by month ${formatCount(Number(half.month))}.`
      : "More than half stayed for as long as they have been seen, so there is no median yet.",
  ];
}

function rfm(result: Shown, behind: ShapeAnswer["behind"]): string[] {
  const { rows, range } = result;
  if (!behind) {
    const bought = rows.filter(({ was }) => was !== "no customer");
    const stayed = bought.map(
      (row) => `${cell(result, row, String(row.was))} of ${cell(result, row, "people")} ${nameOf(row.was)}`,
    );
    return [
      `Of those who stood in a group when ${formatDay(range.from)} began, still there ${range.complete ? "at the end" : "now"}: ${stayed.join(", ")}.`,
    ];
  }
  const { row: was = "", column } = behind.cell;
  const row = rows.find((each) => each.was === was);
  if (!row) return [`Nobody was ${was} when ${formatDay(range.from)} began.`];
  const names = behind.rows.slice(0, 10).map((person) => nameOf(person.contact_name));
  const said =
    column === "people"
      ? `${people(cell(result, row, "people"), row.people)} ${row.people === 1 ? "was" : "were"} ${was} when ${formatDay(range.from)} began.`
      : `${cell(result, row, column)} of the ${people(cell(result, row, "people"), row.people)} who were ${was} when ${formatDay(range.from)} began ${row[column] === 1 ? "is" : "are"} ${column} ${range.complete ? "at the end" : "now"}.`;
  return [
    said,
    names.length > 0
      ? `${names.length < Number(behind.total) ? "Among them" : "They are"}: ${names.join(", ")}.`
      : "",
  ];
}

function reconciliation(result: Shown): string[] {
  const currencies = [...new Set(result.rows.map(({ currency }) => String(currency)))];
  return currencies.map((currency) => {
    const line = (id: string) =>
      result.rows.find((row) => row.line_id === id && row.currency === currency) ?? {};
    const parts = ["tax", "open", "prepaid", "earlier", "later", "elsewhere"]
      .map(line)
      .filter((row) => row.amount)
      .map((row) => `${lowerFirst(nameOf(row.line).replace(/ less$/, ""))} ${cell(result, row, "amount")}`);
    const apart = parts.length > 0 ? ` Between them: ${parts.join(", ")}.` : " Nothing lies between them.";
    return `${upperFirst(days(result.range))}, ${cell(result, line("invoiced"), "amount")} was invoiced and ${cell(result, line("collected"), "amount")} was collected.${apart}`;
  });
}

function attribution(result: Shown): string[] {
  const { query, columns, rows, range } = result;
  if (query.shape !== "attribution") return [];
  const models =
    query.models.length > 3
      ? query.models.filter((id) => ["first", "last", "linear"].includes(id))
      : query.models;
  return models.map((model) => {
    const label = columns.find(({ id }) => id === model)?.label.toLowerCase() ?? model;
    const best = rows
      .filter(({ touch_id, [model]: credit }) => touch_id !== "unattributed" && Number(credit) > 0)
      .toSorted((a, b) => Number(b[model]) - Number(a[model]))
      .slice(0, 3)
      .map((row) => {
        const roi = row[`${model}_roi`];
        return `${nameOf(row.touch)} (${cell(result, row, model)}${typeof roi === "number" ? `, ROI ${cell(result, row, `${model}_roi`)}` : ""})`;
      });
    return best.length > 0
      ? `By ${label}, most of the net revenue ${days(range)} was brought by ${best.join(", ")}.`
      : `By ${label}, no touch brought any net revenue ${days(range)}.`;
  });
}

function revenueCohorts(result: Shown): string[] {
  const { rows } = result;
  const firsts = rows.filter(({ month }) => month === 0);
  const [first] = firsts;
  if (!first) return [];
  const latest =
    rows.filter((row) => row.time === first.time && row.currency === first.currency).at(-1) ?? first;
  return [
    `The ${people(cell(result, first, "people"), first.people)} of ${String(first.time_label)} brought ${cell(result, first, "revenue")} in their first month and ${cell(result, latest, "revenue")} to date, ${cell(result, latest, "per_person")} each.`,
  ];
}

function retention(result: Shown): string[] {
  const [first] = result.rows;
  if (!first) return [];
  const later = result.rows.find((row) => row.time === first.time && row.month === 1);
  return [
    `Of the ${people(cell(result, first, "size"), first.size)} of ${String(first.time_label)}, ${later ? `${cell(result, later, "rate")} were there a month later` : "none has a later month yet"}.`,
  ];
}

function bridge(result: Shown): string[] {
  const currencies = [...new Set(result.rows.map(({ currency }) => String(currency)))];
  return currencies.flatMap((currency) => {
    const own = result.rows.filter((row) => row.currency === currency);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last) return [];
    return [
      `${upperFirst(days(result.range))}, recurring revenue went from ${cell(result, first, "opening")} to ${cell(result, last, "closing")}.`,
      `In ${String(last.time_label)}: new ${cell(result, last, "new")}, reactivation ${cell(result, last, "reactivation")}, expansion ${cell(result, last, "expansion")}, contraction ${cell(result, last, "contraction")}, churn ${cell(result, last, "churn")}.`,
    ];
  });
}

const days = (range: Shown["range"]) => rangeInWords({ range });
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
