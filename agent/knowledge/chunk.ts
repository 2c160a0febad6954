/** Characters of a chunk, about: long enough to hold a thought, short enough that a citation points at something. */
const size = 900;
/** What neighbours share, so that a sentence cut in two is whole in one of them. */
const overlap = 120;

/**
 * Cuts a text into pieces of about 900 characters: at paragraphs, then lines, then sentences, then words. A Markdown
 * heading is repeated in front of each piece below it, since a piece found alone has to say what it is about.
 */
export function chunkText(text: string): string[] {
  const clean = text
    .replace(/\r\n?/g, "\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what must not reach the database
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ")
    .replace(/[ \t\u00a0]+/g, " ")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  if (!clean) return [];
  const chunks: string[] = [];
  let heading = "";
  let open = "";
  const close = () => {
    if (open.trim()) chunks.push(open.trim());
    open = "";
  };
  for (const paragraph of clean.split(/\n\n+/)) {
    const title = /^#{1,6} (.+)$/m.exec(paragraph.split("\n")[0] ?? "")?.[1]?.trim();
    if (title) {
      close();
      heading = title.slice(0, 200);
    }
    for (const piece of cut(paragraph)) {
      if (open && open.length + piece.length + 2 > size) {
        const tail = open.slice(-overlap);
        close();
        open = [heading && !piece.includes(heading) ? heading : "", tail.slice(tail.search(/\s/) + 1)]
          .filter(Boolean)
          .join("\n");
      }
      open = open ? `${open}\n\n${piece}` : piece;
    }
  }
  close();
  return chunks;
}

function cut(paragraph: string): string[] {
  if (paragraph.length <= size) return [paragraph];
  for (const separator of [/\n/, /(?<=[.!?])\s+/, /\s+/]) {
    const parts = paragraph.split(separator);
    if (parts.length < 2) continue;
    return gather(parts, separator.source === "\\n" ? "\n" : " ");
  }
  return paragraph.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
}

function gather(parts: string[], joint: string): string[] {
  const pieces: string[] = [];
  let open = "";
  for (const part of parts.flatMap((each) => (each.length > size ? cut(each) : [each]))) {
    if (open && open.length + part.length + 1 > size) {
      pieces.push(open);
      open = "";
    }
    open = open ? `${open}${joint}${part}` : part;
  }
  return open ? [...pieces, open] : pieces;
}
