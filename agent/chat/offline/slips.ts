import { numberWords } from "./calendar";

/** The verbs and nouns people mistype most; names and texts in quotation marks stay as typed. */
const slips: [RegExp, string][] = (
  [
    ["bougth|bougt|boguht|baught|boght|bouht|buoght", "bought"],
    ["payed", "paid"],
    ["taged", "tagged"],
    ["recieved|recived|receved", "received"],
    ["cancled|canceld|cancelld|cancelleed", "cancelled"],
    ["evrybody|everbody|everybdy", "everybody"],
    ["evryone|everone|evreyone", "everyone"],
    ["costumers|custmers|cutomers|custoemrs|customrs|cusomers", "customers"],
    ["costumer|custmer|cutomer", "customer"],
    ["memebers|memebrs|membrs|membes", "members"],
    ["unsubcribed|unsubscibed|unsuscribed", "unsubscribed"],
    ["adresses|addreses", "addresses"],
    ["adress|addres", "address"],
    ["fone", "phone"],
    ["purchsed|purcased|purchaced", "purchased"],
    ["orderd|ordred", "ordered"],
    ["spendt", "spent"],
    ["opend|openned", "opened"],
    ["cliked|clickd", "clicked"],
  ] as const
).map(([said, meant]) => [new RegExp(`(?<![\\p{L}\\p{N}])(?:${said})(?![\\p{L}\\p{N}])`, "giu"), meant]);
const than =
  /(?<![\p{L}])(more|less|fewer|older|newer|higher|lower|bigger|larger|smaller|longer|other|rather) then(?= )/giu;
const whose =
  /(?<![\p{L}])who'?s (?=(?:card|payments?|memberships?|subscriptions?|birthdays?|e-?mails?|phones?|orders?|last|first|plans?|owner|invoices?|deals?|trial|name|address|country)(?![\p{L}]))/giu;
const units: Record<string, number> = { hundred: 100, thousand: 1_000, grand: 1_000, million: 1_000_000 };
const counts = Object.keys(numberWords).filter((word) => word !== "a" && word !== "an");

/** `two thousand`, `2.5 thousand`, `over a hundred`; an unmarked `a million` may be a way of speaking. */
const amounts = new RegExp(
  `(?<![\\p{L}\\p{N}.,])((?<=(?:over|under|above|below|than|least|most|about) )an?|${counts.join("|")}|\\d+(?:\\.\\d+)?) (${Object.keys(units).join("|")})(?![\\p{L}])`,
  "giu",
);

function inFigures(count: string, unit: string): string {
  const many = /^an?$/i.test(count) ? 1 : (numberWords[count.toLowerCase()] ?? Number(count));
  return String(Math.round(many * (units[unit.toLowerCase()] ?? 1)));
}

/** The same question without those slips, and with amounts in digits: `more then two thousand` is `more than 2000`. */
export function withoutSlips(question: string): string {
  if (/["“”«»]/.test(question)) return question;
  const spelled = slips.reduce((text, [said, meant]) => text.replace(said, meant), question);
  return spelled
    .replace(than, "$1 than")
    .replace(whose, "whose ")
    .replace(amounts, (_, count: string, unit: string) => inFigures(count, unit));
}
