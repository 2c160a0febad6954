import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";
import { formatCell, formatDay } from "../../format";
import { filterInWords } from "./build-filters";
import { placeName } from "./places";
import type { Direction } from "./understand";

/** A short answer to one result. Every number in it is a cell of the result, printed by the same formatter as the table. */
export function composeResult(result: QueryResult): string {
  const said = sayResult(result);
  return result.copying ? `${result.copying} ${said}` : said;
}

/** `Yes.` to `did it go up`, from the two numbers of each metric; nothing where there are not both. */
export function sayDirection(result: QueryResult, asked: Direction): string {
  const metrics = result.columns.filter(({ kind }) => kind === "metric");
  const row = result.totals[0] ?? (result.rows.length === 1 ? result.rows[0] : undefined);
  if (!row || result.totals.length > 1 || metrics.length === 0) return "";
  const went = metrics.map((metric) => {
    const earlier = result.columns.find(
      ({ kind, metric: of }) => kind === "comparison" && of === metric.metric,
    );
    const [now, before] = [row[metric.id], earlier && row[earlier.id]];
    if (typeof now !== "number" || typeof before !== "number") return null;
    const moved = now === before ? "same" : now > before ? "up" : "down";
    const better = getMetric(metric.metric ?? metric.id)?.better ?? "neutral";
    const good = moved === "same" || better === "neutral" ? null : moved === better ? "better" : "worse";
    return { moved, good };
  });
  const [only] = went;
  if (!only || went.some((each) => each?.moved !== only.moved)) return "";
  if (only.moved === "same")
    return asked === "either" ? "Neither: it stayed the same." : "No, it stayed the same.";
  const is = asked === "better" || asked === "worse" ? only.good : only.moved;
  const how = only.moved === "up" ? "it went up" : "it went down";
  if (asked === "either") return `It went ${only.moved}.`;
  if (is === null) return `${upper(how)}; whether that is better depends on what you want.`;
  return is === asked ? `Yes, ${how}.` : `No, ${how}.`;
}

/** Why a single number is n/a, as its metric says it. */
function whyNone({ rows, totals, definitions }: QueryResult, metrics: ResultColumn[]): string {
  const row = totals[0] ?? (rows.length === 1 ? rows[0] : undefined);
  const [metric, another] = metrics;
  if (!row || !metric || another || row[metric.id] !== null) return "";
  const reason = definitions[0]?.edge_cases.find((line) => /n\/a/.test(line));
  return reason
    ? `n/a: ${lower(reason.replace(/(?::| is)? n\/a\b\.?/, "").trim())}.`.replace(/\.\.$/, ".")
    : "";
}

function sayResult(result: QueryResult): string {
  const metrics = result.columns.filter(({ kind }) => kind === "metric");
  const [metric] = metrics;
  if (!metric) return "The result holds no number.";
  const where = filterInWords(result.query.filters);
  const stock = metrics.every((column) => isStock(column.metric ?? column.id));
  const when = stock ? `at the end of ${formatDay(result.range.to)}` : rangeInWords(result);
  const scope = `${when}${where ? `, ${where}` : ""}`;
  const time = result.columns.find(({ kind }) => kind === "time");
  const split = result.columns.find(({ kind }) => kind === "dimension");
  if (result.rows.length === 0 && result.totals.length === 0)
    return `${upper(scope)}, nothing was counted for ${lower(metric.label)}.`;
  const totals = [totalSentences(result, metrics, scope), whyNone(result, metrics)].filter(Boolean).join(" ");
  if (time && split) return totals;
  if (metrics.length > 1)
    return [totals, split ? fewGroups(result, metrics, split) : ""].filter(Boolean).join(" ");
  if (split) return [totals, topGroups(result, metric, split)].filter(Boolean).join(" ");
  if (time) return [totals, peaks(result, metric)].filter(Boolean).join(" ");
  return totals;
}

function totalSentences(result: QueryResult, metrics: ResultColumn[], scope: string): string {
  const rows = result.totals.length > 0 ? result.totals : result.rows.slice(0, 1);
  return rows
    .map((row) => {
      const parts = metrics.map(
        (metric) =>
          `${lower(metric.label)} ${verb(metric)} **${formatCell(metric, row)}**${compared(result, metric, row)}`,
      );
      return `${upper(scope)}, ${sentenceList(parts)}.`;
    })
    .join(" ");
}

/** `, up 12.3% from $100.00 in 2025`, from the comparison and change cells. */
function compared(result: QueryResult, metric: ResultColumn, row: ResultRow): string {
  const earlier = result.columns.find(
    ({ kind, metric: of }) => kind === "comparison" && of === metric.metric,
  );
  const change = result.columns.find(({ kind, metric: of }) => kind === "change" && of === metric.metric);
  if (!earlier || !result.comparison_range || row[earlier.id] === undefined) return "";
  const before = `${formatCell(earlier, row)} (${result.comparison_range.label})`;
  // A rate that went from 2 % to 3 % rose by a point, not by half: its relative change would only confuse.
  if (metric.unit === "ratio") return `, against ${before}`;
  const value = change ? row[change.id] : null;
  if (!change || typeof value !== "number") return `, against ${before}`;
  if (value === 0) return `, the same as ${before}`;
  return `, ${value > 0 ? "up" : "down"} ${formatCell(change, { ...row, [change.id]: Math.abs(value) })} from ${before}`;
}

function topGroups(result: QueryResult, metric: ResultColumn, split: ResultColumn): string {
  const ascending = result.query.order?.direction === "asc";
  const groups = result.rows.filter((row) => row[`${split.id}_id`] !== "others" && row[metric.id] !== null);
  const called = (value: ResultRow[string] | undefined) =>
    nameOf(placeName(split.id, String(value ?? "unknown")));
  const named = groups.slice(0, 3).map((row) => `${called(row[split.id])} (${formatCell(metric, row)})`);
  if (named.length === 0) return "";
  if (groups.length === 1) return `There is one ${lower(split.label)}: ${named[0]}.`;
  return `${ascending ? "Lowest" : "Highest"}: ${named.join(", ")}.`;
}

/** Two or three things side by side are said one after the other, each with its numbers; more of them only the table shows. */
function fewGroups(result: QueryResult, metrics: ResultColumn[], split: ResultColumn): string {
  if (result.rows.length < 2 || result.rows.length > 3 || metrics.length > 4) return "";
  const said = result.rows.map((row) => {
    const numbers = metrics.map((metric) => `${lower(metric.label)} ${formatCell(metric, row)}`);
    return `${nameOf(placeName(split.id, String(row[split.id] ?? "unknown")))}: ${numbers.join(", ")}.`;
  });
  return said.join(" ");
}

/** Highest and lowest bucket; a running one is not called the lowest. */
function peaks(result: QueryResult, metric: ResultColumn): string {
  const time = result.columns.find(({ kind }) => kind === "time");
  const counted = result.rows.filter((row) => typeof row[metric.id] === "number");
  if (!time || counted.length < 2) return "";
  const value = (row: ResultRow) => Number(row[metric.id]);
  const highest = counted.reduce((best, row) => (value(row) > value(best) ? row : best));
  const whole = counted.filter((row) => row.incomplete !== true);
  const lowest =
    whole.length > 1 ? whole.reduce((best, row) => (value(row) < value(best) ? row : best)) : undefined;
  const say = (row: ResultRow) => `${formatCell(time, row)} (${formatCell(metric, row)})`;
  if (value(highest) === 0) return "";
  // A bucket is cut by the first day of the range as well as by today.
  const running = highest === result.rows.at(-1) && !result.range.complete;
  const cut = highest.incomplete !== true ? "" : running ? ", still running" : ", cut short by the range";
  const high = `Highest: ${say(highest)}${cut}.`;
  return lowest && lowest !== highest ? `${high} Lowest: ${say(lowest)}.` : high;
}

/** `from 1 Jan 2026 to 23 Nov 2026`. */
export function rangeInWords({ range }: Pick<QueryResult, "range">): string {
  const days =
    range.from === range.to
      ? `on ${formatDay(range.from)}`
      : `from ${formatDay(range.from)} to ${formatDay(range.to)}`;
  return range.complete ? days : `${days} (still running)`;
}

function verb(metric: ResultColumn): string {
  // `Refunds`, `New leads` and `Units sold` are several; `Units per order` and `Lifetime value, total` are one number.
  const label = metric.label.replace(/ (?:within|over|in the last) .*$/, "");
  const several =
    /(?<!s)s$/.test(label) ||
    /^(?:\S*[^s\s]s) (?:sold|sent|won|applied|completed|invoiced|without)\b/.test(label);
  return several ? "were" : "was";
}

/** Names come from the CRM: shown as they are, without anything that could pass for markup or a link. */
export function nameOf(value: string | number | boolean | null | undefined): string {
  return String(value ?? "unknown")
    .replace(/[*_`~[\]()<>#|!]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 80);
}

function sentenceList(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** `Net revenue` inside a sentence; abbreviations such as `MRR` stay as they are. */
function lower(label: string): string {
  return /^[A-Z][a-z-]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
