import { isEnglish } from "./english";

/**
 * Small words of the languages people ask in most besides English. A word that is English too (`die`, `for`, `on`, `me`)
 * or a name tells nothing and is in none of the lists.
 */
const smallWords: Record<string, string> = {
  German:
    "der das dem den des ein eine einen einer und oder nicht ist sind war waren wie viel viele welche welcher wieviel wer wo wann warum nach von vom zum zur im ich wir uns unser unsere haben hat hatten habe letzten letzter letztes letzte diesen dieses diesem jahr monat woche heute gestern kunden kunde umsatz bestellungen rechnungen bitte zeig zeige gib mir mit ohne für über pro alle gekauft offene",
  French:
    "le les du une et ou est sont était combien quel quelle quels quelles qui où quand pourquoi avec sans pour sur par nous notre nos je moi avons ont dernier dernière mois année semaine aujourd'hui hier clients ventes commandes factures montre donne moi chiffre d'affaires ce cette ces depuis acheté",
  Spanish:
    "el los las una uno y es son fue cuánto cuántos cuánta cuántas cuanto cuantos cuantas qué cuál quién dónde cuándo por para con sin del al nuestro nuestra nuestros tenemos tuvimos hemos último pasado pasada mes año semana hoy ayer clientes ventas pedidos facturas ingresos muestra muéstrame dame han comprado este esta desde",
  Italian:
    "il gli di del della dei delle che è sono quanto quanti quante quale chi dove quando perché con senza nostro nostri abbiamo avuto ultimo scorso scorsa mese anno settimana oggi ieri clienti vendite ordini fatture ricavi mostra mostrami questo questa",
  Portuguese:
    "os das dos uma quanto quantos quantas qual quem onde quando porque com sem nosso nossa temos tivemos último passado passada mês ano semana hoje ontem clientes vendas pedidos faturas receita mostra mostre este esta desde foram",
  Dutch:
    "het een en niet zijn hoeveel welke wie waar wanneer waarom naar van met zonder voor onze wij hebben heeft vorige afgelopen maand jaar vandaag gisteren klanten omzet bestellingen facturen toon geef mij deze dit",
  "a Scandinavian language":
    "og och ikke inte er är var hvor mange många meget hur hvad vad hvem vem hvorfor varför med uden utan vores vår vi har sidste siste förra måned månad år uge vecka dag kunder omsætning omsättning ordrer salg denne denna vis mig mest",
};

const lists = Object.entries(smallWords).map(
  ([language, words]) => [language, new Set(words.split(" "))] as const,
);

/**
 * The language a question seems to be in, where it is not English: at least two small words of it, and more of them than
 * words that only English has. Null where there is no saying. Pure.
 */
export function foreignLanguage(question: string): string | null {
  const words =
    question
      .slice(0, 400)
      .toLowerCase()
      .normalize("NFC")
      .match(/[\p{L}']+/gu) ?? [];
  const counts = lists
    .map(([language, known]) => [language, words.filter((word) => known.has(word)).length] as const)
    .sort(([, some], [, others]) => others - some);
  const [language, count] = counts[0] ?? ["", 0];
  const [, second] = counts[1] ?? ["", 0];
  const english = words.filter((word) => isEnglish(word) && !lists.some(([, known]) => known.has(word)));
  if (count < 2 || count <= english.length) return null;
  return count > second ? language : "another language";
}
