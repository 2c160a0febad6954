/**
 * The small part of Markdown that answers use, read into data. Own and small for two reasons: a full reader would be a
 * third of the chat page's script, and what is not read here cannot be rendered (no HTML, no images).
 */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "emphasis"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] };

export type Block =
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "quote"; children: Inline[] }
  | { kind: "list"; ordered: boolean; start: number; items: { children: Inline[]; nested: Block[] }[] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

const fence = /^\s*```/;
const heading = /^(#{1,6})\s+(.*)$/;
const quote = /^>\s?(.*)$/;
const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const rule = /^\s*([-*_])(\s*\1){2,}\s*$/;
const tableRule = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

/** Reads a whole answer; an unfinished one (still streaming) reads as far as it goes. */
export function parseMarkdown(source: string): Block[] {
  return readBlocks(source.replace(/\r\n?/g, "\n").split("\n"));
}

function readBlocks(lines: string[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") at += 1;
    else {
      const [block, next] = readBlock(lines, at);
      blocks.push(block);
      at = next;
    }
  }
  return blocks;
}

function readBlock(lines: string[], at: number): [Block, number] {
  const line = lines[at] ?? "";
  if (fence.test(line)) return readFence(lines, at);
  const head = heading.exec(line);
  if (head)
    return [
      { kind: "heading", level: (head[1] ?? "#").length, children: parseInline(head[2] ?? "") },
      at + 1,
    ];
  if (rule.test(line)) return [{ kind: "rule" }, at + 1];
  if (line.includes("|") && tableRule.test(lines[at + 1] ?? "")) return readTable(lines, at);
  if (item.test(line)) return readList(lines, at);
  if (quote.test(line)) {
    const [taken, next] = takeWhile(lines, at, (text) => quote.test(text));
    return [
      { kind: "quote", children: parseInline(taken.map((text) => quote.exec(text)?.[1] ?? "").join("\n")) },
      next,
    ];
  }
  const [taken, next] = takeWhile(
    lines,
    at,
    (text, index) => text.trim() !== "" && (index === 0 || !startsBlock(text)),
  );
  return [{ kind: "paragraph", children: parseInline(taken.join("\n")) }, next];
}

const startsBlock = (line: string) =>
  fence.test(line) || heading.test(line) || item.test(line) || quote.test(line);

function takeWhile(
  lines: string[],
  at: number,
  test: (line: string, index: number) => boolean,
): [string[], number] {
  let next = at;
  while (next < lines.length && test(lines[next] ?? "", next - at)) next += 1;
  return [lines.slice(at, next), next];
}

function readFence(lines: string[], at: number): [Block, number] {
  const [body, end] = takeWhile(lines, at + 1, (line) => !fence.test(line));
  return [{ kind: "code", text: body.join("\n") }, end + 1];
}

function readTable(lines: string[], at: number): [Block, number] {
  const [body, end] = takeWhile(lines, at + 2, (line) => line.includes("|") && line.trim() !== "");
  return [{ kind: "table", head: cells(lines[at] ?? ""), rows: body.map(cells) }, end];
}

const cells = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((text) => parseInline(text.trim().replaceAll("\\|", "|")));

function readList(lines: string[], at: number): [Block, number] {
  const first = item.exec(lines[at] ?? "");
  const depth = (first?.[1] ?? "").length;
  const marker = first?.[2] ?? "-";
  const list: Extract<Block, { kind: "list" }> = {
    kind: "list",
    ordered: /\d/.test(marker),
    start: Number.parseInt(marker, 10) || 1,
    items: [],
  };
  let next = at;
  while (next < lines.length) {
    const found = item.exec(lines[next] ?? "");
    if (!found || (found[1] ?? "").length < depth || /\d/.test(found[2] ?? "") !== list.ordered) break;
    const [rest, end] = takeWhile(lines, next + 1, (text) => text.trim() !== "" && indent(text) > depth);
    const inner = rest.map((text) => text.slice(Math.min(indent(text), depth + 2)));
    list.items.push({ children: parseInline(found[3] ?? ""), nested: readBlocks(inner) });
    next = end;
    // One empty line between two items does not end the list.
    const after = item.exec(lines[next + 1] ?? "");
    if ((lines[next] ?? "").trim() === "" && after && (after[1] ?? "").length === depth) next += 1;
  }
  return [list, next];
}

const indent = (line: string) => line.length - line.trimStart().length;

const inlinePattern =
  /`([^`]+)`|\*\*([^*]+(?:\*(?!\*)[^*]+)*)\*\*|\*([^*\s][^*]*)\*|(?<![\w])_([^_\s][^_]*)_(?![\w])|(!?)\[([^\]]*)\]\(([^)\s]*)\)/;

/** Reads bold, emphasis, code and links; an image becomes its description. */
export function parseInline(text: string): Inline[] {
  const out: Inline[] = [];
  let rest = text;
  while (rest) {
    const match = inlinePattern.exec(rest);
    if (!match) {
      out.push({ kind: "text", text: rest });
      break;
    }
    if (match.index > 0) out.push({ kind: "text", text: rest.slice(0, match.index) });
    out.push(readInline(match));
    rest = rest.slice(match.index + match[0].length);
  }
  return out;
}

function readInline([, code, strong, emphasis, underscored, image, label, href]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", children: parseInline(strong) };
  const slanted = emphasis ?? underscored;
  if (slanted !== undefined) return { kind: "emphasis", children: parseInline(slanted) };
  if (image) return { kind: "text", text: label ?? "" };
  return { kind: "link", href: href ?? "", children: parseInline(label ?? "") };
}

/**
 * The path of a link into this app, or null: links of an answer that lead elsewhere stay text, since their words may
 * come from a record somebody else wrote.
 */
export function ownPath(href: string, origin: string): string | null {
  if (/^\/(?![/\\])/.test(href)) return href;
  try {
    const url = new URL(href);
    return origin !== "" && url.origin === origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}
