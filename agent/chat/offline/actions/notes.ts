import type { Memory } from "../memory";
import { fold } from "../normalise";
import type { Span } from "../people/clause";
import { periodAt, spanOf } from "../people/periods";
import type { PlanContext, Reply } from "../plan";
import { call, unquote } from "./request";

/** `anyone mention allergies`, `what did Nadia write about invoices in May`, `notes by Nadia about shipping`. */
export function searches(raw: string, _: Memory, context: PlanContext): Reply | null {
  const said =
    /^(?:(?:did|has|have|does|do|is there|are there) )?(?:any ?(?:one|body)|some(?:one|body)|people|customers?|clients?|anything|any notes?)(?: (?:ever|who|that|in the notes|written))* (?:mention(?:ed|s|ing)?|complain(?:ed|s|ing)?(?: about)?|ask(?:ed|s|ing)? (?:for|about)|talk(?:ed|ing)? about|say(?:ing)?|said|writ(?:e|es|ten|ing)(?: about)?|wrote(?: about)?|about) (?<what>.+)$/i.exec(
      raw,
    )?.groups ??
    /^what (?:did|has|have) (?<who>\p{L}+(?: \p{L}+)?) (?:write|written|wrote|say|said|note|noted)(?: down)? (?:about|on|regarding|concerning) (?<what>.+)$/iu.exec(
      raw,
    )?.groups ??
    /^(?:(?:show|find|get|list|search|give)(?: me)?(?: all| the)? )?(?<kind>notes?|e-?mails?|tasks?|messages?) (?:(?:written |sent |made )?by|from|of) (?<who>\p{L}+(?: \p{L}+)?)(?: (?<when>.{3,30}?))? (?:about|mentioning|on|that mention|regarding|concerning|with) (?<what>.+)$/iu.exec(
      raw,
    )?.groups;
  if (!said?.what) return null;
  const author = said.who ? authorOf(said.who, context) : undefined;
  if (said.who && !author) return null;
  const words = said.what.split(" ");
  let span: Span | null = null;
  let query = said.what;
  if (said.when) {
    const found = periodAt(said.when.toLowerCase(), context.today);
    span = found && found.length === said.when.length ? spanOf(found.period, context.today) : null;
    if (!span) return null;
  }
  for (let at = 1; at < words.length && !span; at++) {
    const behind = words.slice(at).join(" ").toLowerCase();
    const found = periodAt(behind, context.today);
    if (!found || found.length < behind.length) continue;
    span = spanOf(found.period, context.today);
    query = words
      .slice(0, at)
      .join(" ")
      .replace(/ (?:in|during|since|from|on)$/i, "");
  }
  const kinds = said.kind
    ? [/^n/i.test(said.kind) ? "note" : /^t/i.test(said.kind) ? "task" : "email"]
    : undefined;
  return call(
    "search_knowledge",
    { query: unquote(query), ...(author ? { author } : {}), ...(kinds ? { kinds } : {}), ...(span ?? {}) },
    context,
    author && said.who && !author.toLowerCase().startsWith(said.who.toLowerCase())
      ? [`I took "${said.who}" for ${author}.`]
      : [],
  );
}

/** A user by the whole name or a part that only one has. */
export function authorOf(said: string, { index }: PlanContext): string | undefined {
  const wanted = fold(said);
  const owners = index.byLength.filter(({ kind }) => kind === "owner");
  const fits = owners.filter(({ key }) => key === wanted || key.split(" ").includes(wanted));
  return new Set(fits.map(({ value }) => value)).size === 1 ? fits[0]?.value : undefined;
}
