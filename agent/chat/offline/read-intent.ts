import type { Scanner } from "./scanner";

/** What kind of thing is wanted. `metric` is the default: a question about numbers. */
export type Intent =
  | "metric"
  | "greeting"
  | "thanks"
  | "help"
  | "list_metrics"
  | "define"
  | "pin"
  | "sync"
  | "boards"
  | "people"
  | "at_risk"
  | "proposals"
  | "propose_tag"
  | "why"
  | "forecast"
  | "share"
  | "search"
  | "refuse_approval"
  | "refuse_write"
  | "injection";

const rules: [Intent, RegExp][] = [
  [
    "injection",
    /(?:ignore|disregard|forget|override|bypass) (?:all |any |the |your |my |of |these |those )*(?:previous |prior |above |earlier )?(?:instructions?|prompts?|rules?|guidelines?|restrictions?|safeguards?)|system prompt|(?:secret|service|api) key|password|(?:drop|truncate|alter) table|;--|union select/u,
  ],
  [
    "refuse_approval",
    /(?<![\p{L}])(?:approve|confirm|accept|authori[sz]e|reject|go ahead with)(?: \p{L}+){0,3} (?:proposals?|tags?|it|that|this|them|changes?)(?![\p{L}])|(?<![\p{L}])mark (?:\p{L}+ ){1,4}(?:as )?(?:approved|rejected)(?![\p{L}])|^ ?(?:approve|approved|yes,? do it|do it|go ahead|execute it) ?$/u,
  ],
  [
    "proposals",
    /(?<![\p{L}])(?:pending|open|waiting|list|show|my|the|all|which|any|see|what) (?:\p{L}+ ){0,3}(?:proposals?|approvals?)(?![\p{L}])|what (?:is|are|'s)? ?(?:waiting|pending)|awaiting approval|(?<![\p{L}])(?:anything|something|what)(?: (?:is|are|there|do|does|should|must|have|has|i|we|to|need|needs|that|be|for|me))* (?:approved?|sign off)(?: on)? ?$|needs? (?:my )?approval/u,
  ],
  [
    "propose_tag",
    /(?<![\p{L}])(?:propose|suggest|add|apply|put|give|assign|attach|set)(?: (?:the|a|an|this|that|new))* tags?(?![\p{L}])|(?<![\p{L}])tag (?:all|everyone|everybody|every|the|these|those|them|people|contacts|customers|leads|anyone|buyers)(?![\p{L}])/u,
  ],
  [
    "refuse_write",
    /(?<![\p{L}])(?:delete|erase|remove|wipe|destroy|merge|update|edit|modify|overwrite|rename|unsubscribe|charge|cancel|send|(?<=^ ?(?:(?:please|can you|could you|would you|and|then|now|ok|i want to|let's|lets|you|go|just) )*)(?:email|e-mail|text|call)(?! (?:list|lists|open|opens|click|clicks|revenue|volume|rates?|marketing|campaigns?|performance|stats|engagement|health|notes|by|address|addresses|state|states|sent|unsubscribes))|create|insert|import|export|refund (?:the|this|that|him|her|them|order|customer))(?: \p{L}+){0,4} (?:contacts?|customers?|people|persons?|leads?|everyone|everybody|orders?|products?|tags?|emails?|e-mails?|messages?|subscriptions?|records?|accounts?|database|campaigns?|invoices?|data|them|him|her|users?|tables?|rows?|payments?|cards?|list|newsletters?|sms)(?![\p{L}])/u,
  ],
  [
    "pin",
    /(?<![\p{L}])(?:pin|save|keep|bookmark|add|put|stick)(?: (?:it|this|that|them|the chart|this chart|that chart|the graph|this one|the result|chart|the last one))?(?: (?:to|on|onto|in|into|as)(?: (?:a|my|the|our|new))*(?: [^¤]*?)? ?(?:boards?|dashboards?))(?![\p{L}])|(?<![\p{L}])(?:pin|bookmark)(?: (?:it|this|that|the chart|this chart|that chart|the graph|this one|the result|please|now))*(?![\p{L}])|^ ?save (?:it|this|that|the chart|this chart) ?(?:please|for later)? ?$|^ ?(?:ok |please |now )*(?:pin|save|put|add|stick) (?:it|this|that|this chart|that chart) (?:to|on|onto|in|into) (?:the|my|our) (?![^¤]*(?:campaign|sequence|list|segment|file|tag|keap|excel|csv))[^¤]{2,60}$/u,
  ],
  [
    "boards",
    /(?<![\p{L}])(?:list|show|open|which|what|my|our|all|see|have)(?: \p{L}+){0,3} (?:boards|dashboards)(?![\p{L}])|^ ?(?:boards|dashboards) ?$/u,
  ],
  [
    "sync",
    /(?<![\p{L}])(?:sync|synced|syncing|synchroni[sz]ed?|synchroni[sz]ation|out of date|up to date|how fresh|freshness|how (?:recent|current|old) is (?:the|this|our|my)? ?data|backfill|copied in|last updated|(?:is|are) (?:my|our|the|this|all) (?:data|numbers|figures|copy|information) (?:current|fresh|recent|live|complete|stale|old|outdated|real[ -]?time)|(?:when|how long ago) (?:did|was|were|have|has|is)(?: [\p{L}]+){0,3} (?:pull|pulled|import|imported|refresh|refreshed|update|updated|copied|copy|synced|sync)|last (?:pull|refresh|import|copy) (?:from|of|was))(?![\p{L}])/u,
  ],
  [
    "at_risk",
    /(?<![\p{L}])(?:(?<!revenue )(?<!mrr )(?<!(?:revenue|mrr|income|money) (?:is|are) )(?<!(?:tagged|tags?)(?: with| as| for)?(?: [\p{L}-]+ (?:and|or|&))? )at[ -]risk(?: of (?:not (?:coming back|buying|returning)|leaving|churn(?:ing)?)(?: again)?)?|risk of (?:not|leaving|churn|churning)|riskiest|likely to (?:churn|leave|stop)|about to (?:churn|leave)|might (?:not come back|churn|leave)|not coming back|won't come back|slipping away|(?<!(?:did|do|does|have|has) (?:we|i|they) )win back|will churn)(?![\p{L}])/u,
  ],
  [
    "forecast",
    /(?<![\p{L}])(?:forecasts?|predict|project(?= (?:(?:our|the|my|total|net) )?\p{L}+ (?:for|over|into|to))|prediction|projected?|projections?|extrapolate|(?<=(?:revenue|sales|orders?|leads?|customers?|mrr|income|cash) )outlook|outlook(?= (?:for|of) )|expected? (?:revenue|orders|sales|leads)|what(?:'s| is| are we)? going to (?:happen (?:with|to)|make|earn|sell)|(?:what|where|how much|how many)(?: \p{L}+){0,3} will (?!(?:that|this|it|they|those|these) be(?! \p{L}))(?:\p{L}+ ){1,4}(?:be|land|stand|look like|come to|reach|end up|get)|will (?:we|our|my|the|revenue|sales|orders)(?: \p{L}+){0,4} (?:be|make|reach|get|sell|earn|have|look like|come to|total|end up)|expect (?:next|for next|in)|how (?:many|much)(?: \p{L}+){1,3} (?:can|should|do|will) (?:we|i) expect(?= *[?.!]*$)|how many(?: \p{L}+){1,3} will (?:we (?:get|win|gain|make|have)|come in|join|sign up|buy)(?= *[?.!]*$| next)|what will (?:january|february|march|april|may|june|july|august|september|october|november|december|next month|next quarter|this month|this quarter)(?: \d{4})? (?:look like|be like|bring|bring in|be)|next (?:month|quarter|year|week)'?s? (?:revenue|orders|sales|leads))(?![\p{L}])/u,
  ],
  [
    "why",
    /(?<![\p{L}])(?:why|what (?:caused|drove|explains|is driving|was driving|happened (?:to|with)|is behind|was behind|made)|how come|reasons? (?:for|behind|why)|explain (?:the|this|that|why|what)(?: \p{L}+){0,2} (?:drop|rise|increase|decrease|fall|change|jump|dip|spike|decline|growth)|drivers? (?:of|behind))(?![\p{L}])/u,
  ],
  [
    "share",
    /(?<![\p{L}])(?:what |which )?(?:share|percent|percentage|proportion|fraction|portion|%|(?<=what |which )part(?= of))(?: of)?(?: (?:the|our|my|all|total))*(?![\p{L}])|as (?:a )?(?:percent|percentage|share) of (?:the )?total|how much of/u,
  ],
  [
    "search",
    /(?<![\p{L}])(?:find|show|list|get)(?: (?:me|the|all|any|our|my))* (?:notes?|e-?mails?|documents?) (?:where|in which|that (?:mention|say|talk)|about|mentioning|saying)(?![\p{L}])|(?<![\p{L}])(?:search|look)(?: through| in| for| up)* (?:the |our |my |all )?(?:notes?|emails?|e-mails?|tasks?|messages?|knowledge|documents?|files?|uploads?)(?![\p{L}])|(?:notes?|emails?|e-mails?|tasks?|documents?|files?|uploads?|appointments?) (?:mention|mentioning|that mention|about|saying|that say|containing|with the word)|(?:did|has|have|does) (?:any(?:body|one)|some(?:body|one)|people|customers?|clients?) (?:ever )?(?:complain|mention|ask|say|said|write|wrote|written|talk|report|speak|spoke)\p{L}*|who (?:mentioned|complained|said|wrote|asked)|what (?:did|do|have) (?:\p{L}+ ){1,4}(?:say|write|mention|complain|ask)/u,
  ],
  [
    "people",
    /(?<![\p{L}])(?:find|look up|lookup|search(?: for)?|show me|show|open|get|pull up)(?: (?:the|a|me|my))* (?:contact|person|customer|lead|client|profile|people|contacts|everyone|customers)(?![\p{L}])|(?<![\p{L}])who (?:is|are|was|has|have|holds?|bought|owns?)(?![\p{L}])|(?<![\p{L}])(?:list|show|name|give me|export)(?: (?:me|all|the|of|every|a|list))* (?:people|contacts|customers|leads|persons|buyers|emails)(?: (?:with|who|tagged|that|in|from|having)|$)/u,
  ],
  [
    "list_metrics",
    /(?<![\p{L}])(?:what|which|list|show|all|available|see)(?: \p{L}+){0,4} (?:metrics|numbers can|kpis|measures|statistics)(?![\p{L}])|what can (?:i|we|you) (?:measure|compute|calculate|count)|^ ?(?:metrics|kpis) ?$/u,
  ],
  [
    "define",
    /(?<![\p{L}])(?:define|definition of|what(?:'s| is| are)? (?:the )?(?:definition|meaning|formula)(?: of| for| behind)?|what (?:do you|do we|does|do|is)(?: \p{L}+){0,5}? (?:mean|meant)(?: by)?|how (?:is|are|do you|did you|was|were|do we)(?: (?:the|our|this|that|it))?(?: [\p{L}']+){0,4} (?:calculated?|computed?|defined?|worked out|measured?|count(?:ed)?)|how (?:do you|did you) (?:calculate|compute|define|measure|count)|what counts as(?: an?)?|explain what|meaning of|what does(?= .*(?:mean|stand for|measure|say|tell|include))(?: \p{L}+)??)(?![\p{L}])/u,
  ],
  [
    "help",
    /^ ?(?:help|help me|\?|examples?|what can (?:you|i) (?:do|ask)(?: you| here| about| for (?:me|us))?|what do you do|how (?:do|does|can) (?:i|this|it|you) (?:use|work|help)(?: this| me| it)?|who are you|what are you|what is this|how does this work|what (?:kind of |sort of )?(?:things|questions) can i ask|give me (?:some )?examples?|show me (?:some )?examples?|get started|commands?|menu|what should i ask|i need help|can you help(?: me)?) ?$/u,
  ],
  [
    "thanks",
    /^ ?(?:(?:cheers|thanks?|thank you|great|ok|perfect|nice|cool)? ?(?:that|this|it) (?:is|was|really|'s)? ?(?:helps?|helped|great|perfect|helpful|useful|all|it)|(?:cheers|thanks?|thank you) (?:that|this) (?:helps?|helped|is great|is perfect)|thanks?|thank you|thx|ty|great|perfect|awesome|nice|cool|good job|well done|cheers|ok thanks|thanks a lot|thank you very much|thank you so much|bye|goodbye|good bye|see you|that's all|that is all)(?: (?:so much|a lot|very much|a bunch|again|you))? ?$/u,
  ],
  [
    "greeting",
    /^ ?(?:hi|hello|hey|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|greetings|hi there|hello there|hey there)(?: (?:there|keapsake|team|everyone|you|again|all))? ?$/u,
  ],
];

/** The intent of a question; for the ones that are about numbers the words are left for the other readers. */
export function readIntent(scanner: Scanner): { intent: Intent; match: RegExpExecArray | null } {
  const asking =
    /^ ?(?:(?:and|so|ok|hey|but|please|tell me|do you know) )*(?:what|which|who|whom|whose|how|when|where|why|did|does|is|are|was|were|has|have)(?![\p{L}])/u.test(
      scanner.rest,
    );
  for (const [intent, pattern] of rules) {
    // `how many people cancel their subscription`: a question orders nothing.
    if (
      asking &&
      intent === "refuse_write" &&
      !/(?<![\p{L}])(?:delete|erase|wipe|destroy|drop)(?![\p{L}])/u.test(scanner.rest)
    )
      continue;
    const match = scanner.find(pattern);
    if (match) return { intent, match };
  }
  return { intent: "metric", match: null };
}
