import { editDistance, tolerance } from "../fuzzy";
import type { VocabularyIndex } from "../vocabulary";
import { isOrdinary, ownWords } from "../words";

/** Words that make a question one of a shape; slips in them are mended before the general ones are. */
export const shapeWords =
  `funnel funnels attribution attributed attribute reconcile reconciliation reconciled reconciling invoiced collected subscribers subscriptions subscriber
  subscription members membership survival survive retention champions champion loyal inactive cohort cohorts revenue bridge waterfall customers customer leads lead bought purchase
  purchased purchases buying touch linear decay position converted conversion become became moved moves movements tagged campaign campaigns channel channels source sources model models within
  churned drop dropped between`
    .split(/\s+/)
    .filter(Boolean);

/** `funel form tag A`: slips in the words of shapes, where the account has no such word. Reports what was mended. */
export function mendShapeWords(
  clean: string,
  index: VocabularyIndex,
): { text: string; corrections: { from: string; to: string }[] } {
  const corrections: { from: string; to: string }[] = [];
  const text = clean.replace(/[\p{L}]+/gu, (word) => {
    if (
      word.length < 4 ||
      shapeWords.includes(word) ||
      ownWords().has(word) ||
      index.words.has(word) ||
      isOrdinary(word)
    )
      return word;
    const limit = tolerance(word.length);
    const near = shapeWords
      .filter((known) => known[0] === word[0])
      .map((known) => ({ known, distance: editDistance(word, known, limit) }))
      .filter(({ distance }) => distance <= limit)
      .sort((a, b) => a.distance - b.distance);
    const [best, next] = near;
    if (!best || (next && next.distance === best.distance && stem(next.known) !== stem(best.known)))
      return word;
    corrections.push({ from: word, to: best.known });
    return best.known;
  });
  return { text, corrections };
}

const stem = (word: string) => word.replace(/(?:ed|es|s|ing|ion|d)$/, "");

/** Words that say nothing about which people, numbers or days are meant, in a question about a shape. */
export const fillers = new Set(
  `a about across again all an analysis analyse analyze and any are as at average be been before by calculate chart compute could curve curves day days did display do does doing
  draw for from get give graph had has have hello help hey hi how i in is it its just kindly last long look me much my need of on or our out over per picture please plot report rate rates see
  show shown stage stages step steps table take takes tell that the their them then there these they this those time to up us use using view want was we were what when where which while
  who with within would you your split shape many people persons contacts customer customers clients number numbers share percent percentage part moving move moved went go goes going
  each every one type types kind kinds both also only since until after between ones so far year's month's s`
    .split(/\s+/)
    .filter(Boolean),
);
