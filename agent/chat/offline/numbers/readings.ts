import { getMetric } from "@/analytics/metrics/catalog";
import { stem } from "../audit-words";
import { dateOrderOf } from "../dates";
import { fold } from "../normalise";
import { nameInWords } from "../read-names";
import type { Understanding } from "../understand";

const plainWords = new Set(["total", "number", "of", "how", "many", "count", "new", "all"]);

const narrowing = new Set(["won", "completed"].map(stem));

/** What words were taken to mean, where that is not obvious. */
export function readings({ raw, corrections, metrics, names, cut, notes }: Understanding): string[] {
  const lines: string[] = [];
  for (const { from, to } of corrections) lines.push(`I read "${from}" as "${to}".`);
  for (const { said, id } of metrics.meanings) {
    const label = getMetric(id)?.label ?? id;
    const plain = fold(`${label} ${id}`.replaceAll("_", " "));
    const own = new Set(plain.split(/[^\p{L}\p{N}]+/u).map(stem));
    const opening = (word: string) => word.slice(0, 5).replace(/s$/, "");
    const words = said.split(" ").filter((word) => !plainWords.has(word));
    // A number of deals that is one of won deals only leaves some out.
    const narrowed = [...own].some(
      (word) => narrowing.has(word) && !words.some((each) => stem(each) === word),
    );
    // `converting` begins like `conversion`, and is another word all the same.
    if (
      narrowed ||
      !words.every((word) => own.has(stem(word)) || (word.length < 8 && plain.includes(opening(word))))
    )
      lines.push(`I took "${said}" to mean ${label.toLowerCase()}.`);
  }
  if (
    /\bhow many\b/i.test(raw) &&
    metrics.ids.some((id) => getMetric(id)?.unit === "money") &&
    metrics.ids.length === 1
  ) {
    lines.push(
      `You asked how many; ${getMetric(metrics.ids[0] ?? "")?.label.toLowerCase()} is measured in money here.`,
    );
  }
  if (/(?<!\d)\d{1,2}[/.]\d{1,2}[/.]\d{4}/.test(raw) && !dateOrderOf(raw))
    lines.push("I read the dates in the order that is usual in the time zone of your account.");
  // Months of a first purchase are said in a note of their own, as from when to when.
  const groups = [
    ...new Set(
      names.flatMap(({ group, kind }) => (kind === "cohort" || kind === "hour" ? [] : (group ?? []))),
    ),
  ];
  for (const group of groups)
    lines.push(
      `I took "${group}" to mean ${names
        .filter((name) => name.group === group)
        .map(nameInWords)
        .join(" and ")}.`,
    );
  for (const name of names)
    if (name.group) continue;
    else if (name.said && !nameInWords(name).toLowerCase().includes(`"${name.said}"`))
      lines.push(`I took "${name.said}" to mean ${nameInWords(name)}.`);
  lines.push(...notes);
  if (
    metrics.meanings.some(({ id, said }) => id === "revenue_per_email" && !/per|each|earn|worth/.test(said))
  )
    lines.push(
      "Revenue of e-mails is known here as what an e-mail that was sent brings: revenue per e-mail.",
    );
  if (
    metrics.meanings.some(
      ({ id, said }) => id === "affiliate_commissions" && /owed|due|payable|owe/.test(said),
    )
  )
    lines.push("Commissions are what was earned; what was paid out already is not taken off.");
  if (
    metrics.ids.includes("failed_payments") &&
    metrics.meanings.some(({ id, said }) => id === "recovered_payments" && /%|percent|share/.test(said))
  )
    lines.push("The part that was recovered is of the payments that failed: here are both numbers.");
  if (metrics.meanings.some(({ id, said }) => id === "appointments" && /calls/.test(said)))
    lines.push('Keap keeps no list of "calls": here are the notes, the appointments and the tasks done.');
  if (metrics.meanings.some(({ id, said }) => id === "list_health" && /bounce/.test(said)))
    lines.push(
      'Keap tells no "bounce rate" of mailings: this is the share of the list that can be mailed, without addresses that bounced or opted out.',
    );
  if (metrics.ids.includes("unsubscribes"))
    lines.push(
      "Keap tells that an address unsubscribed and not when, so these are dated by the day this copy saw it: who had unsubscribed before the first copy is in no number here.",
    );
  if (cut) lines.push("The question was very long; I read only its beginning.");
  return [...new Set(lines)];
}
