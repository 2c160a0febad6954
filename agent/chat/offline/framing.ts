/**
 * What people say around a question: `before I call the bank, … so I can plan, thanks a lot`. It is taken away where a
 * question was not understood as it stands, never before, so that nothing that was read is read otherwise. What could
 * carry a condition stays: a part goes only if it speaks of asking, of whoever asks, or of what the answer is for.
 */
export interface Unframed {
  text: string;
  /** Parts that were passed over and are named with the answer; plain courtesies are not. */
  passed: string[];
}

/**
 * The question without greetings and without what the answer is for (`so I can tell my partner` names no partner). Taken
 * away before any reader looks, since a reader may take a word of it for a condition. Pure.
 */
export const withoutAims = (question: string): Unframed => peeled(question, greetings, aims);

/** The question without all of its frame; null where it has none. Pure. */
export function unframed(question: string): Unframed | null {
  const plain = question
    .replace(/[’‘]/g, "'")
    .replace(/\blemme\b/gi, "let me")
    .replace(/\bwann?a\b/gi, "want to")
    .replace(/\bgimme\b/gi, "give me")
    .replace(/\b(what|how|where)s\b/gi, "$1's");
  const bare = peeled(plain, [...greetings, ...courtesies], [...aims, ...reasons]);
  const text = bare.text.replace(manner, " ").trim();
  return text === question.trim() ? null : { ...bare, text };
}

/** How something is to be told or came about; `wobbly` and `elderly` end like these and say who is meant. */
const manner =
  /(?<=^|\s)(?:usefully|helpfully|neatly|nicely|cleanly|clearly|briefly|concisely|plainly|broadly|generally|typically|normally|usually|truly|truthfully|sincerely|frankly|honestly|seriously|literally|really|simply|merely|purely|basically|essentially|fundamentally|practically|realistically|theoretically|technically|strictly|roughly|loosely|approximately|accurately|correctly|properly|reliably|carefully|thoroughly|quietly|sadly|happily|luckily|fortunately|unfortunately|hopefully|thankfully|surprisingly|interestingly|strangely|oddly|funnily|curiously|apparently|evidently|obviously|clearly|certainly|surely|definitely|undoubtedly|presumably|supposedly|allegedly|reportedly|seemingly|kindly|gladly|swiftly|promptly|urgently|currently|presently|actually|specifically|particularly|especially|ideally|preferably|visually|graphically|numerically|statistically|financially|commercially|collectively|combinedly|ultimately|eventually|effectively|efficiently)(?=[\s,.?!]|$)/giu;

function peeled(question: string, silent: readonly RegExp[], named: readonly RegExp[]): Unframed {
  // What stands in quotation marks is a name or a text of its own.
  if (question.length > 1_000 || /["“”«»]/.test(question)) return { text: question, passed: [] };
  let text = question.trim();
  const passed: string[] = [];
  const take = (pattern: RegExp, isNamed: boolean) => {
    const [part] = pattern.exec(text) ?? [];
    const rest = text.replace(pattern, "").trim();
    if (!part || !isQuestion(rest)) return false;
    if (isNamed) passed.push(part.replace(/^[\s,;:.!–-]+|[\s,;:.!?–-]+$/g, ""));
    text = rest;
    return true;
  };
  for (let turn = 0; turn < 8; turn++) {
    const isSilent = silent.some((pattern) => take(pattern, false));
    const isNamed = named.some((pattern) => take(pattern, true));
    if (!isSilent && !isNamed) break;
  }
  return { text, passed };
}

/** Something is left that can be asked: a word of some length, and not `is`, `the` or `for` alone. */
const isQuestion = (text: string): boolean =>
  /\p{L}{2}/u.test(text.replace(/\b(?:is|are|was|were|the|an?|of|on|for|with|and|or|to|it|please)\b/giu, ""));

const any = (...parts: string[]): string => `(?:${parts.join("|")})`;
const opening = (...parts: string[]): RegExp => new RegExp(`^\\s*${any(...parts)}[\\s,;:.!…–-]*`, "iu");
const closing = (...parts: string[]): RegExp =>
  new RegExp(`(?:[\\s,;:.!…–-]+|(?<=\\S))${any(...parts)}[\\s,;.!?…–-]*$`, "iu");
const word = "(?![\\p{L}\\p{N}'])";

const calls = `(?:hey|hi|hello|hiya|yo|good (?:morning|afternoon|evening|day)|morning|evening|sorry|apologies|excuse me|pardon|ok|okay|so|well|alright|all right|right|now|great|perfect|cool|nice|super|awesome|wonderful|excellent|amazing|brilliant|lovely|fab|fine|good|yes|yep|yeah|no problem|thanks|thank you|many thanks|thx|ty|cheers|hm+|um+|uh+|oh|ah+|aha|wow|listen|look|fyi|btw|by the way|actually|also|next|then|again|and|please|pls|plz|anyway|anyways|moving on|dear \\p{L}+|i forgot|i forget|not sure if you know(?: this)?|maybe you know|sorry to bother(?: you)?|me again|remind me|tell me|long story short|to be (?:clear|honest|precise|sure)|tbh|in short|in brief|bottom line|big picture|out of (?:curiosity|interest)|quick (?:one|question|check|q)|quickly|real quick|just (?:wondering|curious|checking|asking)|(?:i was |i'm |i am |was )?(?:just )?wondering|curious|one (?:more|last|other|quick)? ?(?:thing|question|one)|another (?:question|one|thing)|last (?:one|question|thing)|question|same question but)`;

const asking = any(
  "check",
  "double[- ]check",
  "fetch",
  "run(?: the numbers)?",
  "crunch the numbers",
  "calculate",
  "compute",
  "work out",
  "figure out",
  "find out",
  "determine",
  "establish",
  "display",
  "provide",
  "present",
  "print(?: out)?",
  "output",
  "return",
  "state",
  "prepare",
  "prep",
  "pull(?: (?:up|together|out))?",
  "bring up",
  "dig up",
  "dig out",
  "share",
  "grab",
  "get",
  "give",
  "pass",
  "send over",
  "hand",
  "throw",
  "extract",
  "generate",
  "build",
  "create",
  "make",
  "produce",
  "compile",
  "put together",
  "draw up",
  "draft",
  "show",
  "tell",
  "say",
  "explain",
  "describe",
  "see",
  "view",
  "review",
  "inspect",
  "look at",
  "look into",
  "look up",
  "go over",
  "go through",
  "talk (?:me|us) through",
  "walk (?:me|us) through",
  "take (?:me|us) through",
  "summari[sz]e",
  "report(?: on)?",
  "let (?:me|us) (?:know|see|have)",
  "help (?:me|us)(?: out)?",
  "remind (?:me|us)",
  "i need",
);
const asked = any(
  "know",
  "see",
  "check",
  "find out",
  "find",
  "understand",
  "learn",
  "hear",
  "get",
  "get a (?:feel|sense) (?:for|of)",
  "have",
  "look at",
  "look into",
  "figure out",
  "work out",
  "view",
  "review",
  "be told",
  "read",
  "show",
  "display",
);
const paper =
  "(?:(?:an?|the|some|one) )?(?:(?:quick|short|brief|full|complete|detailed|simple|clear|nice|little|rough|basic|proper|up-to-date|updated|current) )*(?:rundown|run-down|overview|report|summary|table|list|listing|snapshot|picture|view|look|recap|update|chart|graph|diagram|read-?out|printout|idea|sense|feel|handle|figures?|numbers?|stats|statistics|data|info|information|details|answer) (?:of|on|for|about|with|showing|regarding|concerning|around)";
const helper = "(?:please|kindly|maybe|just|quickly|possibly|perhaps|also|then|now|again|simply)";

/** `morning!`, `thanks, now`: with a mark behind them they say nothing of the question. */
const greetings: RegExp[] = [new RegExp(`^\\s*${calls}(?=\\s*[,;:.!…–-]|\\s+-)[\\s,;:.!…–-]*`, "iu")];

/** What speaks of asking and nothing else. */
const courtesies: RegExp[] = [
  new RegExp(
    `^\\s*(?:ok|okay|so|well|hm+|um+|uh+|oh|ah|hey|hi|hello|yo|sorry|please|pls|plz|just (?:wondering|curious)|curious|wondering|real quick|quickly|next|perfect|great|thanks|cool|fyi|btw|basically|to be (?:clear|honest|precise))${word} (?!(?:week|month|quarter|year|day|\\d|one|ones|for|to)\\b)`,
    "iu",
  ),
  opening(
    `(?:(?:give|get|send|show|hand|pass|build|make|create|prepare|generate|draw)(?: (?:me|us))? )?${paper}`,
    `${helper} (?=${asking})`,
    `(?:can|could|would|will|may|might) (?:you|i|we)(?: ${helper})*(?: (?:help (?:me|us)|be able|manage|try))?(?: to)? ${asked}${word}(?: out)?(?: (?:me|us|what|about|if you know))?(?= )`,
    `(?:can|could|would|will) you(?: ${helper})* ${asking}${word}(?: (?:me|us))?(?: about)?(?= )`,
    `(?:would|do) you mind (?:showing|telling|giving|checking|sending|looking up|pulling up|sharing)(?: (?:me|us))?`,
    `(?:are you able|is it possible|is there (?:a|any) way|how (?:can|do|would) i|how could i|where (?:can|do|would) i|what's the best way)(?: for (?:me|us|you))? ?(?:to )?${asked}${word}(?: (?:me|us))?`,
    `${asking}${word}(?: (?:for )?(?:me|us))?(?: (?:to )?${asked}${word})?(?: about| on| at)?(?= (?!them\\b|it\\b|that\\b|this\\b|an? (?:task|note|tag|alert|goal|segment|board|chart)\\b))`,
    `(?:(?:i|we)\\b)?(?:'d| would| do|'m| am|'re| are)?(?: ${helper}| only| really)*\\s*(?:like|love|need|want|wish|have|hope|hoping|try|trying|looking|look|require|appreciate|interested|keen|curious|was wondering|wondering|wanted|needed|must)(?: (?:in|about|for))?(?: to ${asked})?${word}(?: (?:about|if))?`,
    "what can you (?:tell|show) (?:me|us)(?: about)?|what do (?:you|we) know about|what(?: is|'s) (?:the (?:current )?(?:story|situation|status|state|picture|latest|word|news)|up|new|going on) (?:with|of|on|about|for|in)|how (?:does|do) (?:it|things) look (?:with|for|on)",
    "(?:do|have|did) (?:you|we) (?:have|got|get|know)(?: any(?: (?:idea|info|data|numbers))?)?(?: (?:on|about|of|for))?|(?:do you (?:happen to )?know|any (?:idea|clue))(?: (?:on|about|of))?",
  ),
  closing(
    "please|pls|plz|thanks(?: (?:a lot|so much|a bunch|a million|again|in advance))?|many thanks|thank you(?: (?:so much|very much|in advance))?|thx|ty|tia|ta|cheers|much appreciated|appreciated|appreciate it|lol|haha+|:\\)|:d|;\\)|ok\\??|right\\?|yeah\\?|hm+|eh|huh",
    "(?:if|when|whenever|as soon as) (?:you|that|it|this|there)(?:'s| is|'re| are)?(?: (?:can|could|get|have|possible|doable|ok|okay|alright|fine|one|any|able|ready|not too (?:much|hard)))*(?: (?:to|it|a (?:moment|minute|sec|second|chance)|time|the (?:time|chance)|trouble|(?:to )?see|(?:to )?tell|me|us|that|this))*|if possible|if at all possible|or is (?:that|this|it) (?:not |im)?possible|or (?:not|can't you)\\?|is that possible|possible\\?",
    "(?:would|that would|it would|that'd|it'd)(?: (?:really|also))? (?:be )?(?:great|nice|good|lovely|perfect|awesome|helpful|useful|super|cool|amazing|ideal|help|do)(?: to (?:know|see|have))?",
    "(?:do you know|any idea|any clue|can you (?:tell|see|check|do that|help)|could you (?:tell|check)|you know|tell me|let me know|remind me|what do you (?:think|say)|what does it look like|how does (?:it|that) look)",
    "(?:that's|that is|this is|it's|it is) (?:all|it|urgent|important|for me|not urgent)(?: i need)?|(?:no|not a) (?:rush|hurry|problem)|take your time|asap|urgent(?:ly)?|i'?m in a (?:hurry|rush)",
    "(?:just|only)? ?(?:the |a |one )?(?:single )?(?:number|figure|total)(?: only| please| is enough| is fine| will do)|number only|numbers only|just (?:a|the|one) (?:number|figure|rough figure|line|answer|quick answer)|(?:(?:an?|the) )?(?:short|simple|quick|brief|rough|straight|plain|one[- ]line|honest) (?:answer|reply|version|overview|number|figure)|one line|one[- ]liner|in (?:one|a) (?:line|word|sentence|go|nutshell)|nothing (?:fancy|special|more|else)|keep it (?:short|simple|brief)|in (?:plain|simple) (?:english|words|terms)|in detail|in full|in short|in brief|in numbers|in figures|in words|to the (?:cent|penny|point)",
    "(?<=[,;] *)(?:with|as) (?:an? )?(?:nice )?(?:chart|graph|picture|diagram|explanation)s?",
    "(?:without|no|don't need an?|skip the) (?:charts?|graphs?|pictures?|fluff|explanations?|details?|jokes)(?: (?:needed|necessary|required|please|this time))?",
    "(?:as (?:of|at) (?:now|today|this (?:moment|minute))|as things are|at (?:the |this )?(?:moment|present|point|point in time|time of asking)|right now|currently|presently|as we speak|these days|nowadays|so far|to date|up to date)(?= *[.?!]*$)",
    "(?:again|once (?:more|again)|one more time|as well|too|also|though|then|actually|roughly|approximately|approx|more or less|or so|give or take|exactly|precisely|as (?:exact|precise|close|accurate)(?:ly)? as (?:possible|you can))",
    "all together|altogether|all in all|all told|overall|in total|across the board|company[- ]?wide|business[- ]?wide|(?:for|of|in|across|over) (?:the |our |my )?(?:whole|entire|complete|full) (?:company|business|shop|store|firm|organi[sz]ation|account|team|studio|range)|for (?:the |our |my )(?:company|business|shop|store|firm|studio)|on our (?:end|side|part)|in our (?:business|company|shop|store|firm)",
    "(?:according to|from|in|as per|per|based on|inside|out of|by|within|using) (?:the |our |my |your )?(?:keap|infusionsoft|crm|database|db|system|books|records|account|accounting|data|files?|software|tool|copy|keapsake)(?: (?:data|account|system|records))?|(?:you|we) (?:have|hold|have got)(?: (?:about|of|on|in (?:there|here|keap)))?|on (?:record|file|our books|the books)|with us",
  ),
];

const someone =
  "(?:(?:my|our|the) (?:\\p{L}+ )?(?:boss|accountant|bookkeeper|partner|co-?owner|wife|husband|bank|banker|board|team|tax (?:man|office|adviser|advisor)|adviser|advisor|coach|mentor|investors?|auditor|manager|owner|ceo|cfo|cmo|agency|colleagues?|assistant|va|staff|landlord|insurance|lender|printer|supplier|mother|father|mum|mom|dad|brother|sister|son|daughter|friend))";
const wants =
  "(?:wants?|wanted|needs?|needed|asks?|asked|is asking|are asking|was asking|keeps? asking|would like|likes?|requested|requests?|insists?|is after|'s after|has asked|have asked|wonders?|is wondering)";
const uses =
  "(?:accountants?|bookkeepers?|boss|partners?|wife|husband|bank|bankers?|board|team|tax (?:man|office|return|adviser|advisor|declaration|filing)|taxes|vat return|meetings?|call|presentation|report|reporting|records|books|files|planning|budget|budgeting|forecast|review|investors?|auditors?|audit|slides?|deck|spreadsheet|pitch|grant(?: application)?|application|loan(?: application)?|insurance|statistics|dashboard|paperwork|year[- ]end|year end|ceo|cfo|manager|landlord|colleagues?|sanity check|peace of mind|interest|fun|reference|own (?:use|records|interest|information|curiosity)|information)";

/** What the answer is for, behind the question. */
const aims: RegExp[] = [
  /[\s,;.–-]+(?:so(?: that)?|in order that) (?:i|we|he|she|they|my \p{L}+|our \p{L}+) (?:can|could|know|have|am|are|may|might|will|don't|do not|get|see)(?![\p{L}])[^?!.]{0,80}[\s.!?]*$/iu,
  new RegExp(
    `[\\s,;.–-]+(?:because|as|since|cause|cos|bc) (?:${someone}|i|we) (?:${wants}|need|want|have to|must|has to)(?![\\p{L}])[^?!.]{0,80}[\\s.!?]*$`,
    "iu",
  ),
  new RegExp(
    `[,;.–-]+\\s*(?:and )?(?:${someone}|i|we)(?:'m|'re|'ve|'ll|'d| am| are| is| have| will)? (?:need|want|have|got|must|am|meet|meeting|call|calling|talk|speak|write|writing|prepare|preparing|plan|planning|think|guess|forgot|forget|hope|promise|ask|${wants})(?![\\p{L}])[^?!.]{0,80}[\\s.!?]*$`,
    "iu",
  ),
  /[,;.–-]+\s*(?:it|this|that)(?:'s| is) for (?:my|our|the|a|an)[^?!.]{2,60}[\s.!?]*$/iu,
  /\s+to (?:plan|prepare|discuss|decide|compare notes|be sure|be safe|get an idea|get a feel|double[- ]check|see where we (?:stand|are)|see how we(?:'re| are) doing)(?: [\p{L}' ]{2,40})?[\s.!?]*$/iu,
];

/** Who asks and what for: no condition, and still named with the answer. */
const reasons: RegExp[] = [
  new RegExp(
    `^\\s*(?:for (?:my|our|the|a|an|this|tomorrow's|today's|monday's|next week's)(?: [\\p{L}'-]+){0,2}? ${uses}(?: (?:tomorrow|today|tonight|next week|later|on \\p{L}+day|with \\p{L}+))?)(?: (?:i|we) (?:need|want|require|must have))?\\s*[,:;–-]+\\s*`,
    "iu",
  ),
  new RegExp(
    `^\\s*(?:for (?:my|our|the|a|an|this)(?: [\\p{L}'-]+){0,2}? ${uses}) (?:i|we) (?:need|want|require|must have)(?: to (?:know|see))?\\s+`,
    "iu",
  ),
  new RegExp(
    `^\\s*${someone} ${wants}(?: (?:to ${asked}|for|about|me for|us for|me|us))*\\s*[:,]?\\s+`,
    "iu",
  ),
  /^\s*(?:(?:before|while|when|as) (?:i|we)(?:'m| am| are|'re)? (?:call|calling|meet|meeting|talk|talking|speak|speaking|go|going|head|heading|leave|leaving|write|writing|prepare|preparing|decide|deciding|sign|signing|send this|plan|planning|sit down)|(?:because|as|now that) (?:i|we|my \p{L}+|our \p{L}+) (?:need|want|have to|must|has to|am|are|is|asked|wants|needs)(?![\p{L}]))[^,;:]{0,50}[,;:]\s*/iu,
  /^\s*(?:i|we)(?:'m|'re|'ve|'ll| am| are| have| will| was| were| had)? (?!sold|sent|made|earned|want|need)[^,;:.!?]{2,60}[.!;:]\s+(?=\S+ \S+)/iu,
  new RegExp(
    `[\\s,;.–-]+for (?:my|our|the|a|an|this|tomorrow's|today's)(?: [\\p{L}'-]+){0,2}? ${uses}(?: (?:tomorrow|today|tonight|next week|later|on \\p{L}+day|with \\p{L}+))?[\\s.!?]*$`,
    "iu",
  ),
  /[\s,;.–-]+(?:for me|for us|for myself)[\s.!?]*$/iu,
];
