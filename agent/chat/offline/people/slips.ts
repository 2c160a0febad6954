import { numberWords } from "../calendar";

/** The verbs and nouns people mistype most when they ask for people; names and texts in quotation marks stay as typed. */
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
const than = /(?<![\p{L}])(more|less|fewer|older|newer|higher|lower|bigger|longer) then(?= )/giu;
const whose =
  /(?<![\p{L}])who'?s (?=(?:card|payments?|memberships?|subscriptions?|birthdays?|e-?mails?|phones?|orders?|last|first|plans?|owner|invoices?|deals?|trial|name|address|country)(?![\p{L}]))/giu;
const tens = "two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|an?|one";
const amounts = new RegExp(
  `(?<![\\p{L}\\p{N}])(${tens}|\\d{1,3}) (hundred|thousand|grand)(?![\\p{L}])`,
  "giu",
);

/** The same question without those slips, and with amounts in digits: `more then two thousand` is `more than 2000`. */
export function withoutSlips(question: string): string {
  if (/["“”«»]/.test(question)) return question;
  const spelled = slips.reduce((text, [said, meant]) => text.replace(said, meant), question);
  return spelled
    .replace(than, "$1 than")
    .replace(whose, "whose ")
    .replace(amounts, (_, count: string, unit: string) => {
      const many = /^an?$/i.test(count) ? 1 : (numberWords[count.toLowerCase()] ?? Number(count));
      return String(many * (/hundred/i.test(unit) ? 100 : 1000));
    });
}
