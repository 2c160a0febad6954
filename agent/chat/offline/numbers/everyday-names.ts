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
    id: "aov",
    phrases:
      "(?:average|avg|mean|typical) (?:order|invoice|basket|cart|sale|purchase|receipt|bill|ticket) (?:sizes?|amounts?|totals?)",
  },
  {
    id: "units",
    phrases:
      "(?:numbers?|quantit(?:y|ies)|counts?) (?:that (?:were|was) )?sold|number of (?:pieces|copies)(?: sold)?|(?<=by )(?:quantity|pieces)",
  },
  { id: "new_leads", phrases: "(?:contacts|people|leads|persons)(?: (?:that|who|have|has))* entered" },
  {
    id: "lead_source_roi",
    phrases:
      "returns? (?:of|on|from) (?:(?:the|our|my|all) )*(?:ads?|adverts?|advertising|ad spend|marketing)(?: spend(?:ing)?)?",
  },
  {
    id: "days_to_win",
    phrases:
      "how (?:long|many days)(?: (?:it takes|does it take|it took|did it take|is it|it is|on average))* from (?:the |a )?(?:first |new )?(?:enquiry|inquiry|lead|start|creation|opening|contact)(?: call)? (?:to|until|till) (?:the |a )?(?:wins?|won|winning|close[ds]?|closing|deal)",
  },
  { id: "affiliate_commissions", phrases: "commissions? (?:that (?:are|is) )?(?:owed|due|payable)(?: to)?" },
  { id: "notes", phrases: "calls? notes" },
  {
    id: "unsubscribes",
    phrases:
      "(?:people|contacts|customers|leads|subscribers)?(?: (?:who|that|have|has|did|were|are))* ?(?:opted|opting|opt) out(?: of (?:our |the )?(?:e-?mails?|mailings?|list|newsletter))?",
  },
  {
    id: "clv_average",
    phrases:
      "(?<=(?:which|what) (?:[\\p{L}]+ ){1,5}(?:best|most valuable) )(?:customers?|clients?|buyers?)(?= *$| (?:this|last|since|in) )",
  },
  {
    id: "new_customers",
    phrases:
      "(?<=(?:which|what) (?:[\\p{L}¤]+ ){1,3}(?:brings?|brought|gets?|got|wins?|won|drives?|drove|generates?|generated|gives?|gave|sends?|sent)(?: (?:us|me|in|the))* most )(?:customers?|clients?|buyers?)",
  },
  {
    id: "revenue_collected",
    phrases:
      "(?<=how much (?:did|do|does|have|has) .*)(?:bring|brought)(?= *$| (?:us|this|last|since|so far)(?! in))(?: us)?",
  },
  {
    id: "list_health",
    phrases: "(?:hard |soft |e-?mail )*bounces?(?: rates?)?|bounced (?:e-?mails?|mails?|addresses)",
  },
  {
    id: "expected_cash",
    phrases:
      "(?:how much )?(?:money|cash|income|payments?)?(?: (?:is|are|that is|do we have))*(?: (?:still|due|expected|going|about|supposed))+ to (?:come in|arrive|be paid|get paid)|(?:money|cash|payments?) (?:is |are )?(?:still )?(?:coming|due)(?: in)?(?= (?:over|in|within|during|for|the|next|this)|$)|expected (?:cash|payments|incoming payments)|incoming (?:cash|payments|money)|(?<=what is )coming in(?= (?:over|in|within) the next)",
  },
  {
    id: "revenue_per_customer",
    phrases:
      "(?:what|how much) (?:does|do|did|will) (?:(?:an?|each|every|one|the average|our average|an average) )+(?:average )?(?:customer|client|buyer|person|shopper) (?:spend|pay|bring in|bring|leave)(?: with us| here| us)?(?: on average)?|(?:what|how much) (?:does|do|did|will) (?:our |the )?(?:customer|client|buyer|shopper)s? (?:spend|pay|bring in|bring|leave)(?: with us| here| us)? (?:on average|each|apiece)|(?:average )?(?:customer )?spend(?:ing)? (?:per|for each) (?:customer|client|buyer|person|head)|average (?:customer )?spend(?:ing)?",
  },
  {
    id: "aov",
    phrases:
      "average (?:order|sale|purchase|basket|invoice)(?: is| was)?(?: worth| come to| amount)?(?! (?:size|value|frequency|gap|count|of|month|day|week))|(?:order|basket|cart)s? worth on average",
  },
  {
    id: "recovered_payments",
    phrases:
      "(?:(?:failed|declined|missed) )?(?:payments?|charges?|cards?)(?: (?:did|do|have|has|we|were|was|got|get|been|our))* (?:recover(?:ed)?|won back|win back|rescued?|saved?|collected after all)|recover(?:ed)? (?:failed |declined |missed )?(?:payments?|charges?)",
  },
  {
    id: "mailable_contacts",
    phrases:
      "(?<=how many )(?:people |contacts |leads |customers |of them |of those )?can (?:we|i) (?:still )?(?:e-?mail|mail|reach by e-?mail|write to)",
  },
  {
    id: "unused_tags",
    phrases:
      "(?:which |what |any )?tags (?:are |that are )?unused|(?:which |what |any )?tags(?: (?:that|which|does|do|are|is))* (?:nobody|no one|no-one|noone|no contacts?|no people)(?: (?:uses?|has|have|holds?|hold|got|with))*|tags (?:without (?:any )?(?:people|contacts|holders|anyone)|(?:that are |which are |we are )?(?:not|never) (?:used|in use|using))|tags (?:that |which )?we (?:never|do not) use",
  },
  {
    id: "reactivated_customers",
    phrases:
      "(?:lapsed|inactive|dormant|lost|old) (?:customers?|clients?|buyers?)(?: (?:who|that|have|has|did|do))* (?:c[ao]me back|coming back|returned?|bought again|buy again|ordered again|reactivated)",
  },
  {
    id: "refund_rate",
    phrases:
      "refunds? (?:as|in) (?:an? |the )?(?:share|percentage|percent|%|part|proportion|fraction) of (?:our |the |total |all )*(?:revenue|sales|income)|share of (?:our |the )?(?:revenue|sales|income) (?:that is |that was |that gets )?refunded",
  },
  {
    id: "subscribers_lost",
    phrases:
      "(?:people|members?|customers|folks)(?: (?:who|that|have|has|did))* (?:left|leave|quit|dropped)(?= (?:the |our )?¤)|(?:subscriptions?|memberships?)(?: (?:that|which|have|has|did|were))* (?:end(?:ed)?|expired?|ran out|lapsed?|stopped)|ended (?:subscriptions|memberships)",
  },
  {
    id: "subscription_ltv",
    phrases: `(?:how much|what) (?:does|do|did|is|will) (?:an? |the |our |each )?(?:average )?(?:member|subscriber)s? (?:bring in|bring|pay|spend|worth|make)(?: us)? (?:altogether|in total|in all|overall|ever|over (?:their|a|the|its) (?:life|lifetime|time|membership))|(?:ltv|clv|lifetime value) (?:of|for) (?:an? |our |the )?(?:average )?${subscriber}|(?:members?|subscribers?|membership|subscription)(?:'s)? (?:ltv|clv|lifetime value)`,
  },
  {
    id: "marketing_cost",
    phrases:
      "(?<=(?:how much|what) (?:money )?)(?:do|did|have|are|were) (?:we|i) (?:spend|spent|spending|invest|invested|investing|pay|paid|paying)(?: money)? (?:on|for|in)(?: (?:our |the )?(?:ads|advertising|marketing))?(?! (?:per|for each|a lead|to|out|affiliates?|partners?|refunds?|in refunds))|(?:what|how much) (?:do|did|does|have|has) (?:our |the |all )*(?:ads?|advertising|marketing|¤+)(?: ads?)? (?:cost|costs)(?!(?: us)? (?:per|for each|for every|a lead|a new|to get))(?: us)?|costs? of (?:(?:the|our) )?(?:leads|ads|advertising|marketing)|(?:spend|spent) on (?:ads|advertising|marketing)",
  },
  {
    id: "receivable_overdue",
    phrases:
      "(?:late|overdue) (?:payments?|bills?)|payments? (?:that are |which are )?(?:late|overdue)|(?:money|amount)(?: that is)? overdue",
  },
  {
    id: "renewal_rate",
    phrases: `${many}(?: of)?(?: (?:our|the|all|my|those|these))* ${subscriber}(?: (?:do|did|that|who|will|usually))* renew(?:s|ed)?(?: their (?:membership|subscription)s?)?`,
  },
  {
    id: "reactivated_customers",
    phrases:
      "(?:customers?|clients?|buyers?|people)(?: (?:who|that|have|has|did))* (?:c[ao]me back|returned|bought again) after (?:being (?:away|gone)|a (?:long )?(?:break|while|time|pause|gap)|(?:a )?long)(?: (?:for )?a (?:long )?(?:while|time))?(?: away)?",
  },
  {
    id: "deal_size",
    phrases:
      "(?:average|mean|typical) (?:won )?(?:deal|opportunity)(?: (?:size|value|amount|won))?(?: (?:is )?worth)?(?! (?:cycle|length|time))|(?:deal|opportunity)s? (?:size|worth on average|value on average)|(?:how much|what) is (?:an? |our |the )(?:average |typical )?(?:won )?deal(?: won)? worth|average (?:size|value) of (?:(?:our|the|a) )*(?:won )?deals?(?: won)?",
  },
  {
    id: "days_to_win",
    phrases:
      "(?:how long|how many days|how quickly|how fast)(?: (?:does it take|do|does|did|it takes|is it|on average|usually|typically|us|we|for|the|our|a|an|average))*(?: to)? (?:close|win|sign|land|closing|winning)(?: (?:a|an|our|the|new))* deals?|(?:how long|how many days)(?: (?:does|do|did|a|the|our|average|typical))* deals? (?:take|takes|need|needs)(?: to (?:close|win|be won|get won))?|(?:average |mean )?(?:time|days) to (?:close|win)(?: (?:a|the|our))?(?: deals?)?|(?:deal|sales) cycle(?: length| time)?",
  },
  {
    id: "list_health",
    phrases:
      "how healthy (?:is|are|was) (?:our |the |my )?(?:e-?mail |mailing |contact )?(?:list|database)s?",
  },
  {
    id: "customer_churn_rate",
    phrases: "what (?:is|was) churn (?:like|doing)",
  },
  {
    id: "repeat_purchase_rate",
    phrases: `${many}(?: of)?(?: (?:our|the|all|my|those|these))* (?:orders|sales|purchases) (?:are|were|is|come from) (?:repeat|repeat customers)`,
  },
  {
    id: "lapsed_customers",
    phrases:
      "(?:customers?|clients?|buyers?)(?: (?:who|that|have|has|had|did|we|our|are))* (?:go|gone|went|gone|turned|fallen|fell) (?:quiet|silent|cold|dormant|inactive|dark)|(?:customers?|clients?|buyers?)(?: (?:who|that|have|has))* stopped (?:buying|ordering|purchasing)",
  },
  {
    id: "refunds",
    phrases:
      "(?:gets?|got|is|was|are|were|been) (?:refunded|returned|sent back|given back)(?= (?:the )?(?:most|least)(?! (?:as |in )?(?:a )?(?:%|percent|share)))|(?<=(?:which|what) [\\p{L}¤ ]{1,30})(?:returned|sent back)(?= (?:the )?(?:most|least))",
  },
  {
    id: "affiliate_revenue",
    phrases:
      "(?:how much|what)(?: (?:money|revenue|income|business))?(?: (?:did|do|have|has|does))* (?:our |the |my )?(?:affiliates?|referral partners?|partners)(?: (?:have|has|did))* (?:bring in|brought in|bring|brought|generate|generated|make|made|sell|sold|drive|driven|earned us)(?: for us| us)?|(?:affiliate|partner|referral) (?:sales|revenue|income)|(?:revenue|sales|income|money)(?: we)?(?: (?:from|through|via|by|brought in by|made)) (?:our |the |all )?(?:affiliates|referral partners|partners)",
  },
  {
    id: "affiliate_commissions",
    phrases:
      "(?:how much|what) (?:do|did|have|are) (?:we|i) (?:pay|paid|paying|owe|owed|give) (?:to |in commissions? to )?(?:our |the |all )?(?:affiliates?|referral partners?|partners)(?: in commissions?)?|(?:paid|payouts?|pay) to (?:our |the )?(?:affiliates|partners)",
  },
  {
    id: "arpa",
    phrases: `(?:average )?(?:revenue|income|money|mrr) (?:per|for each|for every|from each|from an average) (?:active |paying )?${subscriber}|how much (?:does|do|is) (?:an? |the |our |each )?(?:average |typical )?(?:member|subscriber)s? (?:pay|pays|bring in|brings in|bring)(?! in)(?: us)?(?: (?:a|per|each) month)?(?! (?:altogether|in total|in all|overall|over|ever))`,
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
      "(?:how long|how many days|how much time)(?: (?:do|does|did|are|is|the|our|a|open|most|have))* (?:deals?|opportunit(?:y|ies)|quotes?|proposals?|they)(?: (?:usually|typically|on average|normally))* (?:sit|stay|stand|spend|remain|take|wait|stuck|hang|hang around|linger|been)(?:s|ing)?(?: around)?|time (?:deals|opportunities) (?:sit|stay|spend)",
  },
  {
    id: "pipeline_weighted",
    phrases:
      "(?:probability[- ])?weighted(?: (?:value|deals|pipeline(?: value)?|by probability))?|pipeline(?: value)? weighted(?: by (?:probability|stage))?",
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
    ids: ["notes", "appointments", "tasks_completed"],
    phrases:
      "(?<=how many |number of )(?:phone |sales )?calls(?= (?:did|has|have|were|was|we|made|do|does) )",
  },
  {
    ids: ["recovered_payments"],
    phrases:
      "(?:(?:what|which|how many|how much) )?(?:%|percent(?:age)?|share)(?: of (?:them|those|these|it))?(?: (?:did|do|have|has|was|were|got|been|we))* recover(?:ed)?",
  },
  {
    ids: ["revenue_collected"],
    phrases: "how much(?: (?:money|revenue))?(?= ?(?:and|,|&|plus) (?:how many|the number of) )",
  },
  {
    ids: ["subscribers_gained", "subscribers_lost"],
    phrases: `net (?:new )?(?:members?|subscribers?|subscriptions?|memberships?)(?: (?:growth|gain|change))?|(?:members?|subscribers?|membership|subscription) (?:net growth|net change|net gain)|(?:gain(?:s|ed)? and los(?:t|s|e|ses)|joined and left|joins? and leaves?) (?:in |of )?(?:members|subscribers|memberships)?`,
  },
  {
    ids: ["deals_won", "deals_won_value"],
    phrases:
      "(?<=what |how much )(?:did|has|have) ¤+ (?:close|closed|win|won|sign|signed|land|landed)(?! deals)",
  },
  {
    ids: ["refunds", "refunds_given"],
    phrases:
      "(?:the |our |an? )?(?:average|mean|typical) refund(?: (?:amount|size|value))?|refund (?:amount|size|value) on average|how (?:big|much|large) (?:is|was) (?:an|our|the) (?:average )?refund",
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
