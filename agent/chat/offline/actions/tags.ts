import type { Memory } from "../memory";
import { fold } from "../normalise";
import type { PeopleReading } from "../people/read-people";
import type { PlanContext, Reply } from "../plan";
import { oneName, personMeant } from "./one-person";
import { call, clarify, firstFew, reasonOf, sayWhy, unquote, whom } from "./request";

/** What a request to put a tag on people, or to take it off, says: the tag where it is named, and whose it is. */
interface Asked {
  tag: string | null;
  whom: string | null;
}

const them =
  "(?:them(?: all)?|(?:their|the) (?:people|customers|clients|contacts)|those(?: (?:people|ones|customers|contacts|members|leads))?|these(?: (?:people|ones|customers|contacts|members|leads))?|all of (?:them|those|these)|(?:everyone|everybody|all|the people) (?:in|on|from) (?:this|that|the) (?:list|group)|(?:this|that|the) (?:list|group)|the same people|it)";

/**
 * `tag them Advanced`, `add the VIP tag to everyone who …`, `take the tag off …`. Which words are the tag and which the
 * people is decided by what stands between them, by quotation marks, or by the tag being one of this account.
 */
export function tags(raw: string, memory: Memory, context: PlanContext): Reply | null {
  for (const remove of [false, true]) {
    const asked = remove ? takenOff(raw, memory, context) : putOn(raw, memory, context);
    if (!asked) continue;
    const few = firstFew(asked.whom ?? "");
    if (few) return few;
    const tag = asked.tag ? unquote(asked.tag) : null;
    if (!tag)
      return clarify(
        remove ? "Which tag should I propose to take off?" : 'Which tag? For example: tag them "Winback".',
        [],
      );
    const phrase = asked.whom ?? "them";
    const everyone =
      remove && /^(?:everyone|everybody|all(?: of them)?|all (?:people|contacts))$/i.test(phrase);
    const reading: PeopleReading = everyone
      ? { kind: "people", people: {}, meanings: [] }
      : whom(phrase, memory, context);
    const person = everyone ? null : personMeant(phrase, reading, context, memory);
    if (person)
      return call(
        "propose_tags",
        { tag, ...(remove ? { remove } : {}), person, reason: `For ${person}.` },
        context,
      );
    if (reading.kind !== "people") return sayWhy(reading);
    return call(
      "propose_tags",
      { tag, ...(remove ? { remove } : {}), ...reading.people, reason: reasonOf(reading.people) },
      context,
      reading.meanings,
    );
  }
  return null;
}

const article = "(?:(?:the|a|an|this|new|our) )*";

function putOn(raw: string, { people }: Memory, context: PlanContext): Asked | null {
  // `tag … as "X"`, `mark … as X`, `label … X`
  const marked = /^(?:tag|label|mark|flag) (?!["'])(.+)$/i.exec(raw)?.[1];
  if (marked) {
    const rest = marked;
    const quoted = new RegExp(
      `^(.+?) (?:(?:as|with) )?${article}(?:tag )?(?<!\\w)["']([^"']+)["']$`,
      "i",
    ).exec(rest);
    if (quoted) return { whom: quoted[1] ?? null, tag: quoted[2] ?? null };
    const back = new RegExp(`^(${them})(?: (?:as |with )?${article}(?:tag )?(.+?)(?: tag)?)?$`, "i").exec(
      rest,
    );
    if (back) return { whom: back[1] ?? null, tag: back[2] ?? null };
    // `tag VIP to everyone who …`: the tag stands first.
    const first = /^(.+?) (?:to|on|onto|for) (.+)$/i.exec(rest);
    if (first?.[1] && isTag(first[1], context)) return { tag: first[1], whom: first[2] ?? null };
    const joined = new RegExp(`^(.+) (?:as|with) ${article}(?:tag )?([^"]+?)(?: tag)?$`, "i").exec(rest);
    if (joined && !/\bwith\b/i.test(joined[2] ?? "")) {
      // `people with a phone number as Reachable` against `everyone with an overdue invoice`
      const known = /\bas\b/i.test(rest.slice((joined[1] ?? "").length)) || isTag(joined[2] ?? "", context);
      if (known || whomReads(joined[1] ?? "", context))
        return { whom: joined[1] ?? null, tag: joined[2] ?? null };
    }
    const split = endingIn(rest, context);
    if (split) return split;
    return people && isTag(rest, context) && !whomReads(rest, context) ? { tag: rest, whom: "them" } : null;
  }
  // `add the tag X to …`, `give … the tag X`, `apply X to …`
  const act =
    /^(?:(?:please )?(?:add|apply|propose|suggest|put|assign|attach|set|give|use|stick)) (.+)$/i.exec(
      raw,
    )?.[1];
  if (!act) return null;
  const called =
    new RegExp(
      `^${article}tag(?: called| named)? ["']([^"']+)["'](?: (?:to|on|onto|for|in) (.+))?$`,
      "i",
    ).exec(act) ??
    new RegExp(`^${article}["']([^"']+)["'](?: tag)?(?: (?:to|on|onto|for) (.+))?$`, "i").exec(act) ??
    new RegExp(`^${article}tag(?: called| named)? (?!["'])(.+?)(?: (?:to|on|onto|for) (.+))?$`, "i").exec(
      act,
    ) ??
    new RegExp(`^${article}(?!["'])([^"']+?) tag(?: (?:to|on|onto|for) (.+))?$`, "i").exec(act);
  const toWhom = called?.[2];
  if (called?.[1] && (toWhom || people) && !/^(?:me|us)\b/i.test(act)) {
    // `give everyone who … the VIP tag` is no tag of that long name.
    const long = endingIn(act.replace(/ tag$/i, ""), context);
    if (!toWhom && long?.whom) return long;
    return toWhom || isTag(called[1], context) || /^["']/.test(act.replace(/^.*?tag /i, ""))
      ? { tag: called[1], whom: toWhom ?? "them" }
      : { tag: called[1], whom: "them" };
  }
  const given = new RegExp(`^(?!(?:me|us)\\b)(.+?) ${article}tag "?([^"]+?)"?$`, "i").exec(act);
  if (given) return { whom: given[1] ?? null, tag: given[2] ?? null };
  const plain = /^(.+?) (?:to|on|onto) (.+)$/i.exec(act);
  if (plain?.[1] && isTag(plain[1], context)) return { tag: plain[1], whom: plain[2] ?? null };
  // `add rebecca wood to the newsletter`: the tag stands last.
  const last = (plain?.[2] ?? "").replace(/^(?:the|our) /i, "").replace(/ (?:list|tag|group)$/i, "");
  if (plain?.[1] && isTag(last, context) && (oneName(plain[1], context) || whomReads(plain[1], context)))
    return { tag: last, whom: plain[1] };
  const into = new RegExp(`^(.+?) (?:in|into|under) ${article}(.+?) tag$`, "i").exec(act);
  if (into) return { whom: into[1] ?? null, tag: into[2] ?? null };
  // `give them VIP`
  return /^(?:please )?(?:give|assign)\b/i.test(raw) && !/^(?:me|us)\b/i.test(act)
    ? endingIn(act, context)
    : null;
}

function takenOff(raw: string, { people }: Memory, context: PlanContext): Asked | null {
  const named =
    /^(?:remove|take|drop|strip|delete|clear)(?: off| away| out)? (?:the |their )?tag "([^"]+)"(?: (?:from|off|of) (.+))?$/i.exec(
      raw,
    ) ??
    /^(?:remove|take|drop|strip|delete|clear)(?: off| away)? (?:the |their )?tag (?!["'])(.+?)(?: (?:from|off(?: of)?|of) (.+))?$/i.exec(
      raw,
    ) ??
    /^(?:remove|take|drop|strip)(?: off| away)? (?:the |their )?"?([^"]+?)"? tag (?:from|off(?: of)?|of) (.+)$/i.exec(
      raw,
    );
  if (named?.[1] && (named[2] || people)) return { tag: named[1], whom: named[2] ?? "them" };
  const plain = /^(?:remove|take|drop|strip) (?:the )?"?(.+?)"? (?:from|off(?: of)?) (.+)$/i.exec(raw);
  if (plain?.[1] && isTag(plain[1], context)) return { tag: plain[1], whom: plain[2] ?? null };
  const un = /^un-?tag (.+)$/i.exec(raw)?.[1];
  if (!un) return null;
  const back = new RegExp(`^(${them})(?: (?:as |from |with )?(?:the )?(?:tag )?"?(.+?)"?)?$`, "i").exec(un);
  if (!back) return endingIn(un, context) ?? { whom: un, tag: null };
  // Chosen by one tag alone, that is the one that is meant.
  const [only, another] = people?.has_tag ?? people?.has_all_tags ?? [];
  return { whom: back[1] ?? null, tag: back[2] ?? (another ? null : (only ?? null)) };
}

const isTag = (said: string, { index }: PlanContext): boolean => {
  const wanted = fold(unquote(said)).replace(/^(?:the|a) /, "");
  return index.byLength.some(({ kind, key }) => kind === "tag" && key === wanted);
};

/** `everyone who spent over 1500 VIP`: the tag of this account that stands at the end. */
function endingIn(text: string, context: PlanContext): Asked | null {
  const words = text.split(" ");
  for (let at = 1; at < words.length; at++) {
    const tag = words.slice(at).join(" ");
    if (!isTag(tag, context)) continue;
    const phrase = words
      .slice(0, at)
      .join(" ")
      .replace(/(?:^| )(?:(?:as|with|the|an?|tag|to|our|new)(?= |$) ?)+$/i, "");
    return { whom: phrase, tag };
  }
  return null;
}

const whomReads = (phrase: string, context: PlanContext): boolean =>
  whom(phrase, {}, context).kind === "people" || oneName(phrase, context) !== null;
