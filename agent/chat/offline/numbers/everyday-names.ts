import type { EventForm } from "../read-events";

/**
 * Numbers under the names people have for them: `money due to come in`, `what an email earns us`, `leads that become
 * customers`. A phrase stands here when its words one by one would mean another number.
 */
const someone = "(?:leads?|contacts?|people|sign[- ]?ups?|prospects?|they|them|those|a lead|a contact)";
const buyer = "(?:a )?(?:paying )?(?:customers?|clients?|buyers?)";
const turning = "(?:becomes?|became|turn(?:s|ed)? into|convert(?:s|ed)? (?:to|into)|end(?:s|ed)? up as)";
const subscriber = "(?:subscribers?|subs|members?|subscriptions?|memberships?)";
const many = "(?:what |which )?(?:%|percent(?:age)?|share|proportion|part|portion|fraction)";

export const everydayNames: EventForm[] = [
  {
    id: "expected_cash",
    phrases:
      "(?:how much )?(?:money|cash|income|payments?)?(?: (?:is|are|that is|do we have))*(?: (?:still|due|expected|going|about|supposed))+ to (?:come in|arrive|be paid|get paid)|(?:money|cash|payments?) (?:is |are )?(?:still )?(?:coming|due)(?: in)?(?= (?:over|in|within|during|for|the|next|this)|$)|expected (?:cash|payments|incoming payments)|incoming (?:cash|payments|money)|(?<=what is )coming in(?= (?:over|in|within) the next)",
  },
  {
    id: "arpa",
    phrases: `(?:average )?(?:revenue|income|money|mrr) (?:per|for each|for every|from each|from an average) (?:active |paying )?${subscriber}|how much (?:does|do|is) (?:an |the |our |each )?(?:average |typical )?(?:member|subscriber)s? (?:pay|pays|bring in|brings in)(?: us)?(?: (?:a|per|each) month)?`,
  },
  {
    id: "clv_average",
    phrases:
      "(?:an? |the |our )?(?:average |typical )(?:customer|client|buyer)s?(?: is| are)? worth(?: to (?:us|me))?(?! (?:over|more|at least|above|\\d))",
  },
  {
    id: "revenue_per_email",
    phrases:
      "(?:what|how much)(?: (?:money|revenue|does|do|did|is|an?|each|every|one|our|the|single|average))* (?:e-?mails?|mailings?|newsletters?|broadcasts?) (?:earns?|make|makes|bring in|brings in|worth|generates?|worth to us|bring|brings)(?: us)?|(?:e-?mails? )?(?:earnings|revenue|income|sales) (?:per|for each) (?:e-?mail|mailing|newsletter)(?: sent)?",
  },
  {
    id: "time_to_first_purchase",
    phrases: `(?:how long|how many days|time|days|average time)(?: (?:does it take|is it|it takes|takes?|is|on average|usually|typically|pass))*(?: to (?:get|go))? (?:from|between) (?:becoming )?(?:a )?(?:new )?(?:lead|sign[- ]?up|opt[- ]?in|contact|signing up|joining)s? (?:to|and|until|till) (?:a |the |their )?(?:first )?(?:purchase|order|sale|buying|customer)s?`,
  },
  {
    id: "lead_conversion_rate",
    phrases: `${many}(?: of)?(?: (?:our|the|all|my|new|those|these))*(?: ${someone})?(?: (?:that|who|which|do|did|will))* ${turning} ${buyer}|how many(?: (?:of|our|the|all|my|new|those|these))* ${someone}(?: (?:that|who|which|do|did))* ${turning} ${buyer}|${turning} ${buyer}|${many}(?: of)?(?: (?:our|the|all|my|new|those|these))* ${someone}(?: (?:that|who|which|do|did))* (?:buy|bought|purchase|convert(?:ed|s)?)(?: (?:something|anything))?|(?<=(?:which|what) .*)(?:gets?|makes?|drives?) (?:the most )?people (?:to )?(?:buy|purchase|order)(?:ing)?`,
  },
  {
    id: "mrr",
    phrases: `monthly ${subscriber} (?:value|revenue|income|worth)|(?:value|worth) of (?:all )?(?:our |the )?(?:active )?${subscriber}(?: (?:a|per|each) month)?`,
  },
  {
    id: "mrr_churn",
    phrases:
      "(?:how much )?(?:money|revenue|income|mrr)?(?: (?:did|do|have|was|were|we))* (?:lost|lose|losing)(?: (?:in )?(?:mrr|revenue|money))? (?:to|from|through|by|due to|because of) (?:churn|cancell?ations?|cancelling|people cancell?ing|members leaving)",
  },
  {
    id: "mrr_new",
    phrases:
      "(?<=(?:mrr|recurring revenue|cancell?ations?|¤) .*)(?:how much )?new(?: (?:mrr|one|ones|revenue|money))?(?: (?:did|do|have|we))* (?:came|come|coming|comes|added|gained|won|brought)(?: in)?",
  },
  {
    id: "subscribers_gained",
    phrases: `(?:how many |number of )?(?:people|customers|contacts|leads|folks) (?:who |that )?(?:subscribed|took out a (?:subscription|membership)|became (?:a )?(?:members?|subscribers?))`,
  },
  {
    id: "subscribers",
    phrases: `(?:active|paying|current|live) (?:members|subscribers|memberships)`,
  },
  {
    id: "stage_time",
    phrases:
      "(?:how long|how many days|how much time)(?: (?:do|does|did|are|is|the|our|a|open|most|have))* (?:deals?|opportunit(?:y|ies)|quotes?|proposals?)(?: (?:usually|typically|on average|normally))* (?:sit|stay|stand|spend|remain|take|wait|stuck|hang|hang around|linger|been)(?:s|ing)?(?: around)?|time (?:deals|opportunities) (?:sit|stay|spend)",
  },
  {
    id: "pipeline_weighted",
    phrases: "(?:probability[- ])?weighted(?: (?:value|deals|pipeline value|by probability))?",
  },
  {
    id: "stage_conversion",
    phrases:
      "(?<=(?:which|what) (?:pipeline |deal |sales )?stages? )(?:do |did )?(?:we )?(?:most )?(?:our |the )?(?:deals?|opportunities) (?:die|get lost|get stuck|fall (?:out|off|through)|drop (?:off|out)|fail)(?: (?:in|at|the most|most))*|(?<=where )(?:do |did )?(?:we lose )?(?:our |the )?(?:deals?|opportunities)(?: (?:die|get lost|fall (?:out|off|through)|drop (?:off|out)))",
  },
  {
    id: "appointments",
    phrases:
      "(?:calls?|meetings?) ?(?:\\/|or|and) ?appointments?|appointments? ?(?:\\/|or|and) ?(?:calls?|meetings?)",
  },
  {
    id: "lead_source_roi",
    phrases:
      "(?:pay|pays|paid|paying|bring|brings|brought) (?:its|their|itself|the) (?:money|cost|costs) (?:back|in)|bang for (?:the|our|your) buck",
  },
  {
    id: "customer_churn_rate",
    phrases: `${many}(?: of)?(?: (?:our|the|all|my|paying))* ${subscriber}(?: (?:do|did|that|who|typically|usually))* (?:cancel|leave|left|churn|quit|drop out)(?:s|led|ed)?`,
  },
  {
    id: "second_purchase_gap",
    phrases:
      "(?:median |average )?(?:days|time|gap) between (?:the |their )?(?:first|1st) and (?:the |their )?(?:second|2nd) (?:purchase|order|sale)s?",
  },
  {
    id: "receivable",
    phrases:
      "(?:invoices?|bills|orders)(?: (?:that|which|have|has|are|were|is))* (?:not|still not)(?: been| yet| fully)* paid(?: yet| for)?|(?:invoices?|bills)(?: (?:that|which|are|is|still))* (?:open|unpaid|outstanding)",
  },
  {
    id: "mailable_contacts",
    phrases:
      "(?:people|contacts|leads|customers)?(?: (?:who|that|are|is))* subscribed to (?:our |the )?(?:e-?mails?|list|newsletters?|mailing list|mailings)",
  },
  {
    id: "stick_rate",
    phrases:
      "(?:stays?|sticks?|lasts?|remains?)(?: (?:around|with us|on|subscribed|members?))?(?= longer| better| best| more)",
  },
  {
    id: "customer_churn_rate",
    phrases:
      "(?:leaves?|leaving|cancels?|cancell?ing|churns?|churning|quits?|quitting)(?= more| most| faster| less| least)|churn(?= of (?:people|those|members|subscribers|customers|the|our))",
  },
  {
    id: "deals_won",
    phrases:
      "(?<=who |which rep |which of (?:them|us) )(?:closes?|wins?|closed|won)(?: deals)?(?= (?:the )?(?:more|most|best|better))",
  },
];

/** One phrase that asks for several numbers. */
export const everydayLists: { ids: string[]; phrases: string }[] = [
  {
    ids: ["revenue_collected"],
    phrases: "how much(?: (?:money|revenue))?(?= ?(?:and|,|&|plus) (?:how many|the number of) )",
  },
  {
    ids: ["email_open_rate", "email_click_rate"],
    phrases: "open(?:s|ing)?(?: rates?)?(?:,| and| &| plus|/) ?clicks?(?:ing)?(?: through)? rates?",
  },
  {
    ids: ["refunds_given", "refunds"],
    phrases:
      "(?:number|count|how many)(?: of)? refunds?(?: did we (?:give|have))?(?: and| n|,| plus| &) ?(?:how much|their (?:amount|value|worth))(?: (?:were they|was it|in all|they were))?",
  },
  {
    ids: ["deals_won_value", "deals_won"],
    phrases: "total (?:value )?of (?:the )?(?:deals? (?:we )?won|won deals?)",
  },
];
