/** Questions longer than this are cut: nobody asks one, and a parser must not be made to work for it. */
export const longestQuestion = 2_000;

export interface Normalised {
  /** Folded text the readers work on. */
  clean: string;
  /** Names between quotation marks, as typed. */
  quoted: string[];
  /** The question was longer than `longestQuestion` and only its beginning was read. */
  cut: boolean;
}

/** Folds case, accents, typographic marks, emoji and repeated space; keeps what names and dates are made of. */
export function normalise(question: string): Normalised {
  const cut = question.length > longestQuestion;
  const straight = question
    .slice(0, longestQuestion)
    .normalize("NFKC")
    .replace(/[\u2018\u2019\u201b\u02bc\u0060\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201f\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-");
  return { clean: expand(fold(straight)), quoted: quotedNames(straight), cut };
}

/** Lower case without accents: `Café Crème` and `cafe creme` are the same name. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|¤)/gu, " ")
    .replace(/["(){}[\]<>!?;*_~^|\\=]/g, " ")
    .replace(/[,:](?=\s|$)/g, " ")
    .replace(/\.(?=\s|$)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** `how's` is `how is`: one word less to know. */
function expand(text: string): string {
  return (
    text
      .replace(/(?<![\p{L}])(how|what|where|who|that|there|here|it|when)'s(?![\p{L}])/gu, "$1 is")
      .replace(/(?<![\p{L}])(how|what|where|who|that|there)s(?![\p{L}])/gu, "$1 is")
      .replace(/(?<![\p{L}])(how|what|where|who)'d(?![\p{L}])/gu, "$1 did")
      .replace(
        /(?<![\p{L}])the (day|week|month|quarter|year) (?:that|which) (?:has |is )?(?:just )?(?:ended|finished|closed|over|past)(?![\p{L}])/gu,
        "last $1",
      )
      .replace(
        /(?<![\p{L}])(this|last|next|previous) (year|quarter|month|week)s(?= (?!of |in |to |and |vs ))/gu,
        "$1 $2's",
      )
      .replace(/%(?= of (?:the |our |my |all )*\p{L})/gu, "percent")
      // `leaving Canada out` is `excluding Canada`; `ok but only` is `only`.
      .replace(
        /(?<![\p{L}])(?:leaving|leave|taking|cutting|keeping) (\S+(?: \S+){0,3}?) (?:out|aside)(?![\p{L}])/gu,
        "excluding $1",
      )
      .replace(/^((?:ok|okay|yes|and|now|sure) )*but (?=(?:only|just|for|by|as|in) )/u, "")
      .replace(
        /(?<![\p{L}])(do|does|did|have|has|had|is|are|was|were|would|could|should)(?:n't|nt)(?![\p{L}])/gu,
        "$1 not",
      )
      .replace(/(?<![\p{L}])(?:ppl|folks|peeps)(?![\p{L}])/gu, "people")
      .replace(/(?<![\p{L}\p{N}'])(?:w\/o|w\/out)(?![\p{L}])/gu, "without")
      .replace(/(?<![\p{L}\p{N}'])w\/? (?=\p{L})/gu, "with ")
      .replace(/(?<![\p{L}\p{N}'&])(\p{L}+)(?![\p{L}\p{N}'&])/gu, (word) => shortHand[word] ?? word)
      .replace(/(?<![\p{L}])avg\.?(?![\p{L}])/gu, "average")
      .replace(/(?<![\p{L}])(?:won't|wont)(?![\p{L}])/gu, "will not")
      .replace(/(?<![\p{L}])(?:can't|cannot|cant)(?![\p{L}])/gu, "can not")
      .replace(/(?<![\p{L}])(we|i|you|they)'(?:ve|re|d|ll)(?![\p{L}])/gu, "$1")
  );
}

/** How people type in a hurry. Only what can mean nothing else: `m` may be a month or a million. */
const shortHand: Record<string, string> = {
  rn: "right now",
  atm: "right now",
  r: "are",
  u: "you",
  em: "them",
  bc: "because",
  thx: "thanks",
  bucks: "dollars",
  quid: "pounds",
  custs: "customers",
  subs: "subscribers",
  appts: "appointments",
  appt: "appointment",
  opps: "opportunities",
  prob: "probably",
  gonna: "going to",
  gimme: "give me",
  lemme: "let me",
  wheres: "where is",
  whens: "when is",
};

function quotedNames(text: string): string[] {
  return [...text.matchAll(/"([^"]{1,120})"/g), ...text.matchAll(/(?<=^|\s)'([^']{2,120})'(?=\s|[?.,!]|$)/g)]
    .map(([, name = ""]) => name.trim())
    .filter(Boolean);
}

/** True when the question has no letter or digit of any script. */
export function isWordless(question: string): boolean {
  return !/[\p{L}\p{N}]/u.test(question);
}
