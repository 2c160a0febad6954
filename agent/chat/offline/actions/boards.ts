import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { call } from "./request";

/** `pin to board "Marketing"`: the chart is the one shown last. */
export function pins(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const name =
    /^(?:pin|save|put|add|stick) (?:it|this|that|the chart|this chart|that chart) (?:to|on|onto|in|into) (?:the )?(overview)$/i.exec(
      raw,
    )?.[1] ??
    /^(?:pin|save|put|add|stick)(?: (?:it|this|that|the chart|this chart|that chart))? (?:to|on|onto|in|into) (?:(?:the|my|our|a) )?(?:board|dashboard)(?: called| named)? "?([^"]{2,60}?)"?$/i.exec(
      raw,
    )?.[1];
  const chart = memory.shape ? { shape: memory.shape } : memory.last;
  if (!name || !chart) return null;
  return call("pin_chart", { ...chart, board: name.trim() }, context);
}

/** `what changed in keap today` is about the copy, not about a number. */
export function changes(raw: string, _: Memory, context: PlanContext): Reply | null {
  return /^(?:what(?:'s|s| has| have| did| was| is)?|did anything|has anything|anything) (?:changed?|new|updated?|happened?|came in|come in|sync(?:ed)?)(?: \w+){0,3}? (?:in|from|with|at) keap\b/i.test(
    raw,
  )
    ? call("sync_status", {}, context, [
        "I can tell how far the copy has come, not which records changed on a day; those stand on the Sync page.",
      ])
    : null;
}

/** `the charts I pinned`: they stand on boards. */
const pinned =
  /^(?:(?:show|list|see|open|give)(?: me)? )?(?:what|which|the|all|my|any|all the)? ?(?:charts?|graphs?|numbers|tiles|ones|things)?(?: (?:that|which))? ?(?:(?:do|did|have|has|are|were|was|i|we|i've|we've|is) )*(?:pinned)(?: (?:charts?|graphs?|ones|by me|so far|anywhere))?$|^(?:(?:show|list|see)(?: me)? )?(?:(?:what|which|the|all|my|our) )?(?:boards|dashboards) (?:(?:do|have|i|we|are there|exist|i've|got) ?)+$/i;

export function board(raw: string, _: Memory, context: PlanContext): Reply | null {
  if (pinned.test(raw))
    return call(
      "list_boards",
      {},
      context,
      /pinned/i.test(raw) ? ["What was pinned stands on these boards; open one to see it."] : [],
    );
  const match =
    /^(?:what(?:'s| is| are)(?: there)? (?:on|in)|show(?: me)?(?: what is on)?|open|read|summari[sz]e|give me|go to) (?:the |my |our )?(?:board |dashboard )"?([^"]{2,80}?)"?$/i.exec(
      raw,
    ) ??
    /^(?:what(?:'s| is| are)(?: there)? (?:on|in)|show(?: me)?(?: what is on)?|open|read|summari[sz]e|give me|go to) (?:the |my |our )?"?([^"]{2,80}?)"? (?:board|dashboard)$/i.exec(
      raw,
    );
  const on = /^what(?:'s|s| is) on (?:the|my|our) "?([^"]{2,60}?)"?$/i.exec(raw);
  const name = (match ?? on)?.[1]?.trim();
  if (!name || /^(?:my|our|the|a|all|which|boards?|dashboards?)$/i.test(name)) return null;
  return call("get_board", { board: name }, context);
}

const exporting =
  /^(?:(?:can (?:i|you) |could (?:i|you) )?(?:give|get|send|make) (?:me|us) (?:an? |the |this as an? |it as an? )?(?:csv|excel|spreadsheet|file|download)(?: (?:file|of (?:it|this|that|them)))?$)|^(?:(?:can|could) (?:i|you|we) )?(?:export|download|save|get|have)(?: (?:it|this|that|the (?:table|data|chart|numbers)|them))?(?: (?:as|to|in|into) (?:an? )?(?:csv|excel|xlsx?|spreadsheet|file|pdf|image|png))?$/i;
/** What stands on a page of its own and no tool lists. */
const pages: [RegExp, string][] = [
  [
    /^(?:(?:show|list|see|open|what(?:'s|s| are| is)?|which|do i have|are there|any)(?: me)?(?: (?:all|my|our|the|any|active))* )?(?:my |our )?(?:alerts?|digests?|notifications?)(?: (?:do (?:i|we) have|are (?:on|active|set(?: up)?|there)|exist))?$/i,
    'Your alerts and digests stand on the Alerts page, where they can be changed, stopped and deleted. I can make a new one: "alert me when refunds go over 500 in a week".',
  ],
  [
    /^(?:delete|remove|stop|turn off|disable|pause|change|edit|cancel) (?:the |my |our |this |that |all )*(?:.{0,40} )?(?:alerts?|digests?)$/i,
    "Alerts and digests are changed, stopped and deleted on the Alerts page; I can only make new ones.",
  ],
  [
    /^(?:(?:show|list|see|open|what(?:'s|s| are| is)?|which|do i have|are there|any)(?: me)?(?: (?:all|my|our|the|any))* )?(?:my |our )?segments(?: (?:do (?:i|we) have|are there|exist))?$/i,
    'Saved segments stand on the Segments page. I can make a new one from any list of people: ask for them, then say "save them as segment …".',
  ],
];

export function elsewhere(raw: string, memory: Memory, _: PlanContext): Reply | null {
  if (memory.people && exporting.test(raw))
    return {
      kind: "say",
      topic: "chat",
      text: "All the people of the list above can be had as a CSV file, with the button below it.",
      suggestions: [],
    };
  if ((memory.last || memory.shape) && !memory.people && !memory.records && exporting.test(raw))
    return {
      kind: "say",
      topic: "chat",
      text: "The answer above can be saved as a CSV file, and its chart as an image, with the buttons below it.",
      suggestions: [],
    };
  const page = pages.find(([pattern]) => pattern.test(raw));
  return page ? { kind: "say", topic: "chat", text: page[1], suggestions: [] } : null;
}
