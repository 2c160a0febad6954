/**
 * Words that a question may be answered without. They tell how somebody speaks or that something happened at all, never
 * which of it is meant: `still owed`, `invoices raised last week`, `the actual revenue`. What narrows, counts, turns
 * round or compares (`completed`, `several`, `online`, `never`) is none, and is asked about.
 */
const passable = new Set(
  `here re ll ve didn thought guess guessing feel feels believe remember understand maybe perhaps suppose bet wonder wondering hope hoping tried try trying wants mean imagine consider realize figured mention mentioned notice noticed discover recognize
  y'all yall guys guy man dude bro buddy pal mister madam ma'am sir sweetheart dear darling robot bot analyst computer siri alexa claude chatgpt
  alright anyway anyways indeed course obviously apparently eh gosh wow sake besides whatever somehow
  still gotta gonna wanna tryna lemme gimme ain't ain
  actual exact precise clear entire complete proper correct real true honest current overall straightforward simple respective
  itself ourselves yourselves themselves myself yourself herself himself
  stuff away along
  raised issued processed booked recorded entered logged registered captured posted submitted landed arrived occurred occurring happening seen made placed written put documented tracked stored noted
  provide provided provides showing shown displayed listed given available
  kindly nicely pretty quite rather really truly simply merely
  pulling checking looking asking needing curious interested wishing
  exactly roughly approximately about around nearly almost
`.split(/\s+/),
);

/** Behind these a word says which people or things are meant. */
const choosing =
  /(?:^|\s)(?:what|who|whom|whose|that|which|were|are|is|was|be|been|being|not|never|no|without|only|just|except|but|from|for|in|on|by|with|of|via|through|like|than|about|named|called|tagged)\s+(?:(?:a|an|the|our|my|any|all|have|has|had)\s+)*$/i;

/** The question without such words, and which they were. Pure. */
export function withoutPassable(question: string): { text: string; words: string[] } {
  if (question.length > 1_000 || /["“”«»]/.test(question)) return { text: question, words: [] };
  const words: string[] = [];
  const text = question.replace(
    /(?<![\p{L}\p{N}'-])\p{L}[\p{L}']*(?![\p{L}\p{N}'-])/gu,
    (word, at: number) => {
      if (!isPassable(word, question.slice(0, at))) return word;
      words.push(word);
      return "";
    },
  );
  return { text: text.replace(/\s+/g, " ").trim(), words };
}

function isPassable(word: string, before: string): boolean {
  const lower = word.toLowerCase();
  if (!passable.has(lower)) return false;
  // A capital in the middle of a sentence is a name.
  if (/\S/.test(before) && lower !== word && word !== word.toUpperCase()) return false;
  return manners.has(lower) || !choosing.test(before);
}

/** These choose nothing wherever they stand: `who still owes`, `orders that were placed`. */
const manners = new Set(
  `still actually really truly simply gotta gonna actual exact precise entire whole respective current overall guys y'all yall
  raised issued processed placed recorded entered logged registered captured posted submitted booked occurred happening`.split(
    /\s+/,
  ),
);
