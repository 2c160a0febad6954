import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { call, clarify, unquote } from "./request";

const it = "(?:it|this|that|(?:this|that|the) (?:chart|answer|question|query|report|table|result))";
const kept = "(?:saved|stored|kept) (?:questions?|quer(?:y|ies)|reports?)";

const saving = new RegExp(
  `^(?:save|store|keep|remember|bookmark) (?:${it} )?(?:as|under)(?: (?:the name|the name of))?(?: (?:a |the |my )?(?:saved )?(?:question|query|report))?(?: called| named)? "?([^"]{1,200}?)"?$`,
  "i",
);
const savingUnnamed =
  /^(?:save|store|keep|remember|bookmark) (?:this|that|the|my) (?:question|query|report)(?: for later)?$/i;
const listing = new RegExp(
  `^(?:(?:show|list|see|open|what(?:'s|s| are| is)?|which|do i have|are there|any|get|give)(?: me)?(?: (?:all|my|our|the|any|of))* )?(?:my |our |the )?${kept}(?: (?:do (?:i|we) have|are there|exist))?$`,
  "i",
);
/** `what questions do i have saved`, `the reports I kept`. */
const savedOnes =
  /^(?:(?:show|list|see|give)(?: me)? )?(?:what|which|the|all|my|any|all the)? ?(?:questions?|quer(?:y|ies)|reports?)(?: (?:that|which))? (?:(?:do|did|have|has|had|i|we|i've|we've) )+(?:saved|stored|kept|bookmarked)(?: so far)?$/i;
const running = new RegExp(
  `^(?:run|rerun|open|show(?: me)?|ask|repeat|execute|what(?:'s|s| is)|answer|give me)(?: again)? (?:(?:the|my|our) )?${kept}(?: called| named)? "?([^"]{1,200}?)"?(?: again)?$`,
  "i",
);
const runningQuoted = /^(?:run|rerun|re-run) (?:(?:the|my|our) )?"([^"]{1,200})"(?: again)?$/i;
const runningAfter = new RegExp(
  `^(?:run|rerun|open|show(?: me)?|ask) (?:(?:the|my|our) )?"?([^"]{1,200}?)"? (?:from|of|in) (?:the |my |our )?${kept}$`,
  "i",
);
const deleting = new RegExp(`^(?:delete|remove|rename|drop|forget|change|edit) .*\\b${kept}\\b`, "i");

/** `save this as Weekly sales`, `run my saved question Weekly sales`, `show saved questions`. */
export function saved(raw: string, memory: Memory, context: PlanContext): Reply | null {
  if (raw.length > 400) return null;
  if (listing.test(raw) || savedOnes.test(raw)) return call("saved_questions", {}, context);
  const run = (running.exec(raw) ?? runningQuoted.exec(raw) ?? runningAfter.exec(raw))?.[1];
  if (run) return call("saved_questions", { name: unquote(run) }, context);
  if (deleting.test(raw))
    return clarify("Saved questions are renamed and deleted on the Saved page.", ["Show saved questions"]);
  const name = saving.exec(raw)?.[1];
  if (!name && !savingUnnamed.test(raw)) return null;
  // A list of people is saved as a segment, and a file or a board is another thing.
  if (name && (memory.people || elsewhere.test(name))) return null;
  return save(name ? unquote(name) : null, memory, context);
}

const elsewhere =
  /^(?:an? |the )?(?:csv|excel|xlsx?|spreadsheet|file|pdf|image|picture|png|board|dashboard|segment)\b/i;

function save(name: string | null, memory: Memory, context: PlanContext): Reply {
  const { shape, last } = memory;
  if (memory.unanswered)
    return clarify(
      "Your last question was not answered, so there is nothing to save. Ask it another way first.",
    );
  if (memory.records)
    return clarify(
      "Lists of deals, tasks and appointments can't be saved as a question; numbers and their charts can.",
    );
  if (!shape && !last)
    return clarify("There is no answer to save yet. Ask a question first, then save it under a name.");
  const title = last?.title;
  if (!name && !title)
    return clarify('What should it be called? For example: save this as "Weekly sales".', []);
  const { open: _, ...asked } = shape ?? {};
  return call(
    "save_question",
    shape
      ? { name: name ?? title ?? "", shape: asked }
      : {
          name: name ?? title ?? "",
          query: last?.query,
          ...(last?.drawing ? { drawing: last.drawing } : {}),
          ...(title ? { title } : {}),
        },
    context,
  );
}
