/**
 * A question on its way to being understood. Readers take what they recognise out of it, one after the other; what is
 * left over at the end was understood by nobody, and the analyst has to say so rather than answer something else.
 */
export class Scanner {
  /** Lower case, accents and typographic quotes folded, punctuation reduced; taken parts are blanks. Length is stable. */
  private text: string;

  constructor(clean: string) {
    this.text = ` ${clean} `;
  }

  /** What nobody has taken yet. */
  get rest(): string {
    return this.text;
  }

  /** Finds without taking. */
  find(pattern: RegExp): RegExpExecArray | null {
    return new RegExp(pattern.source, withoutGlobal(pattern.flags)).exec(this.text);
  }

  /** Takes the first match out of the question; null when there is none. */
  take(pattern: RegExp): RegExpExecArray | null {
    const match = this.find(pattern);
    if (match) this.blank(match.index, match.index + match[0].length);
    return match;
  }

  /** Takes a span out, replaced by a mark that no reader matches, so that words around it do not become neighbours. */
  blank(from: number, to: number): void {
    this.text = this.text.slice(0, from) + mark.repeat(to - from) + this.text.slice(to);
  }

  /** The words nobody took, in order. */
  leftovers(): string[] {
    return this.text
      .replaceAll(mark, " ")
      .split(/[^\p{L}\p{N}'&+%#-]+/u)
      .map((word) => word.replace(/^['-]+|['-]+$/g, ""))
      .filter(Boolean);
  }
}

/** Never part of a folded question (`fold` drops it). */
const mark = "¤";

function withoutGlobal(flags: string): string {
  return flags.replace(/[gy]/g, "");
}
