import { rule } from "./reword-rule";

const people =
  "people|persons|contacts|everyone|everybody|those|customers|clients|buyers|subscribers|members|leads|records";
const customers = "customers|clients|buyers";
const mail = "(?:e-?mails?|mails?|newsletters?|mailings?)";
const who = `(?:who|(?:${people}) (?:who|that))`;
const blank = "(?:is missing|is blank|is empty|is unknown|is not filled in)";

const asleep = `(?:sleeping|asleep|dormant) (?:${customers})|(?:${customers}) (?:who|that) (?:vanished|disappeared|faded out|fell asleep|went quiet)|${who} used to buy and (?:then )?stopped`;

/** Ways to say whom somebody means, put as we name such people. */
export const peopleInOtherWords: [RegExp, string][] = [
  // whose they are
  rule("(?:who|whom) (?:does|is) ([^?]{2,40}?) (?:take care of|responsible for)", "who does $1 look after"),
  rule(
    "(?:the )?(?:people|contacts) (?!nobody|no one|that|who|which)([^?]{2,40}?) (?:looks after|takes care of|is responsible for)",
    "people of $1",
  ),
  rule(
    "how many(?: people| contacts| clients)? (?:does|is) ([^?]{2,40}?) (?:look after|take care of|responsible for)",
    "how many people does $1 have",
  ),
  rule("(?:carries|carry|wears?) the (?:label|tag)", "has the tag"),
  // memberships
  rule(
    "(?:memberships|subscriptions) (?:that are |which are )?(?:about|going|set) to (?:run out|expire|end)|(?:soon )?expiring (?:memberships|subscriptions)",
    "people whose subscription ends",
  ),
  rule(
    "(?:memberships|subscriptions) (?:due to|about to|set to) (?:roll over|renew)|members (?:due for (?:a )?renewal(?: soon)?|with a renewal (?:coming|coming up|due))|(?:the )?renewal list(?: for)?",
    "people whose membership renews",
  ),
  rule(
    `(${who}) (?:began|opened|took|went for|signed up for) (?:a |the )?(?:free )?(?:trial|test membership)(?: account)?`,
    "$1 started a trial",
  ),
  rule(
    `whose (?:credit )?card (?:(?:was|got) (?:declined|rejected|refused)|(?:does not|doesn't|did not|didn't) (?:work|go through))|${who} (?:could not|couldn't) be charged|people we (?:could not|couldn't) charge|${who} (?:has|have|had) (?:a (?:rejected|declined|bounced) payment|card (?:trouble|problems|issues))|(?:people|customers) with (?:card|payment|billing) (?:trouble|problems|failures|issues)`,
    "people whose card failed",
  ),
  rule("(?<=(?:is|are|were|was) )not in the club", "not members"),
  rule("(?:have |has )?never (?:joined|been in|were in|was in) the club", "never had a membership"),
  // who may leave or has left
  rule(
    `(?:${customers}) (?:(?:who are|that are) )?(?:slipping away|fading away|going cold|drifting off|we are about to lose|we could be losing)|who is (?:drifting away|going cold|slipping away)|which (?:${customers}) (?:might|could|may) we lose`,
    "who is at risk of not coming back",
  ),
  // A list where nothing is asked of them; `how many` or `revenue from` may stand before.
  rule(`(?<=^\\s*)(?:${asleep})`, "show lapsed customers"),
  rule(asleep, "lapsed customers"),
  rule(`which (?:${customers}) are (?:still )?active`, "show active customers"),
  rule(`(?:${customers}) (?:who |that )?are (?:still )?active`, "active customers"),
  rule(`who is (?:still )?an active (?:customer|client|buyer)`, "show active customers"),
  // what they bought
  rule(
    `who (?:orders|buys|shops|purchases)(?: here| with us| from us)?(?: the)? most often|who (?:placed|places) the most orders|who comes back the most(?: often)?`,
    "top 10 customers by number of orders",
  ),
  rule("freshest (customers|leads|contacts|members)", "newest $1"),
  rule(`(?:${customers}) we won most recently`, "newest customers"),
  rule(
    "who (?:made|placed) the last (?:order|purchase)s?|(?:people|customers) with the most recent (?:purchase|order)",
    "who bought most recently",
  ),
  rule(
    "who (?:landed in|entered|got onto|got into|went into) (?:the|our) (?:crm|database|list|system)",
    "people added",
  ),
  rule(`(${who}) shopped (?:with us|here)`, "$1 bought"),
  rule("(?:never|not) spent a cent", "never bought"),
  rule(
    `(?:people|${customers}) (?:with (?:one purchase only|only one purchase|a single (?:order|purchase))|who did(?: not|n't) buy a second time|without a second (?:purchase|order))|who never (?:ordered|bought) a second time`,
    "people who bought only once",
  ),
  rule(
    "(?:repeat|returning) (?:buyers|customers) of (?!the |our )([^?]{2,40}?)(?=[\\s?.!]*$)",
    "people who bought $1 more than once",
  ),
  rule("who came back for another ([^?]{2,40}?)(?=[\\s?.!]*$)", "people who bought $1 more than once"),
  // e-mail
  rule(
    `(?:${who}) (?:left (?:the|our) (?:mailing|e-?mail|newsletter) list|signed off from (?:the|our) ${mail}|asked to stop (?:the|our) ${mail}|(?:does not|doesn't|do not|don't) want (?:our |any )?${mail})`,
    "people who unsubscribed",
  ),
  rule(
    `who (?:agreed to|gave permission for) (?:our )?${mail}|(?:people|contacts) with consent for ${mail}|(?:people|contacts|everyone) we have (?:permission to e-?mail|consent for)|(?:people|contacts) allowed to be (?:mailed|e-?mailed)`,
    "show mailable contacts",
  ),
  rule(
    `(?:who reads what we send|(?:the )?readers of our ${mail}|(?:list )?(?:e-?mail|newsletter) readers)(?! (?:who|that|but|and))`,
    "people who opened an email",
  ),
  rule(
    `(?:have |has )?never (?:read|looked at) (?:a|an|any|any of our|our) (?:single )?${mail}`,
    "never opened an email",
  ),
  rule(
    "(?:people|contacts|customers) (?:with (?:no|zero)|without (?:any|a single)) opens?",
    "people who never opened an email",
  ),
  rule(
    "(?:people|contacts|customers) (?:with (?:no|zero)|without (?:any|a single)) clicks?",
    "people who never clicked an email",
  ),
  rule(
    `(?:pressed|tapped|followed) (?:a|the|any) links? in (?:our|an?|any|one of our) ${mail}`,
    "clicked an email",
  ),
  rule(
    `(?:the )?recipients of our ${mail}|${who} (?:was|were) sent (?:an?|our|the) ${mail}|(?:the )?(?:newsletter|mailing) recipients`,
    "people who received an email",
  ),
  // what is missing
  rule(
    `(?:(?:people|contacts|customers|records) )?whose e-?mail(?: address)? ${blank}|(?:blank|empty) e-?mail fields?|missing e-?mail addresses|(?:people|contacts|customers) (?:we have no e-?mail(?: address)? for|who left no e-?mail(?: address)?)`,
    "people without an email address",
  ),
  rule(
    `(?:(?:people|contacts|customers|records) )?whose phone(?: number)? ${blank}|(?:blank|empty) phone fields?|missing phone numbers|(?:people|contacts|customers) (?:we have no phone(?: number)? for|who left no phone(?: number)?)|no phone(?: number)? on file`,
    "people without phone number",
  ),
  rule(
    `(?:(?:people|contacts|customers|leads|records) )?whose (?:lead )?source ${blank}|(?:blank|empty) source fields?|(?:people|contacts|leads) (?:with an unknown|with no known|of unknown) (?:source|origin)`,
    "people without lead source",
  ),
  rule(
    `(?:contacts|people|records) (?:with (?:zero|no)|without(?: any)?) tags(?: at all)?|who (?:has|have) never been tagged`,
    "people without any tags",
  ),
  rule(
    "(?:doubled?|repeated) (?:records|entries|contacts)|(?:list )?dupes(?: in (?:the|our) (?:database|crm|list))?|(?:records|contacts|people) (?:to merge|entered (?:two times|twice))",
    "show duplicate contacts",
  ),
  rule("(?:birthdays?|bdays?) (?:kids|children|calendar|list) (?:for|in)", "people with a birthday in"),
  rule(
    `(?:(?:people|customers) )?whose birthday is coming(?: up)?|birthday (?:kids|children|calendar|list)|upcoming (?:birthdays|bdays)|${who} (?:celebrates?|has|have) (?:a|their) birthday|list of (?:birthdays|bdays)`,
    "people with a birthday",
  ),
  // what they owe or got back
  rule(
    `who is in debt (?:with|to) us|who (?:has not|hasn't|still needs to|did not|didn't) settled? up|list of (?:our |the )?debtors|people with something unpaid|whose balance is (?:still )?open`,
    "who owes us money",
  ),
  rule(
    `people (?:in arrears|late with (?:the|their) bills?|past (?:the|their) due date)|who (?:is in arrears|missed (?:the|their) due date)|delinquent (?:accounts|customers|clients)`,
    "who has an overdue invoice",
  ),
  rule(
    `who (?:has the (?:largest|biggest|highest) (?:debt|open balance|unpaid balance)|is deepest in debt)|(?:people|${customers}) with the (?:highest|largest|biggest) (?:open balance|debt)`,
    "who owes the most",
  ),
  rule(`${who} (?:was|were|got) reimbursed|refunded (?:${customers})`, "who had a refund"),
  // deals, tasks and appointments
  rule(
    "(?:people|contacts|customers|clients) (?:we are negotiating with|in (?:the|our) (?:sales )?pipeline)|who is in (?:the|our) (?:sales process|pipeline)|(?<=(?:people|contacts|customers|clients) )with a (?:pending|live) deal",
    "who has an open deal",
  ),
  rule(`${who} (?:turned us down|declined our (?:offer|proposal))`, "people we lost a deal with"),
  rule(`${who} (?:accepted our (?:offer|proposal)|signed a contract(?: with us)?)`, "people with a won deal"),
  rule("(?<=with )an? (?:overdue|late|missed) follow[- ]?up", "an overdue task"),
  rule("(?<=with )an? (?:open|pending) follow[- ]?up", "an open task"),
  rule(
    `(${who}) (?:came to|showed up (?:for|to)|attended) an? (?:meeting|session|consultation|call|appointment)(?: with us)?`,
    "$1 had an appointment",
  ),
];
