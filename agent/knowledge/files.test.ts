import { describe, expect, it } from "vitest";
import { chunkText } from "./chunk";
import { extractText } from "./extract-text";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A PDF whose pages say `words`, made by hand after ISO 32000-1, 7.5. */
function pdf(words: string, pages = 1): Uint8Array {
  const stream = `BT /F1 24 Tf 72 700 Td (${words}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${"3 0 R ".repeat(pages)}] /Count ${pages} >>`,
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const xref = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}`;
  return bytes(`${file}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF`);
}

describe("reading files", () => {
  it("reads Markdown, text and PDF", async () => {
    expect(await extractText({ name: "a.md", bytes: bytes("# Hi\nthere") })).toBe("# Hi\nthere");
    expect(await extractText({ name: "a.TXT", bytes: bytes("Grüße") })).toBe("Grüße");
    expect(await extractText({ name: "a.pdf", bytes: pdf("Kilns cool overnight") })).toBe(
      "Kilns cool overnight",
    );
  });

  it.each([
    ["empty.md", bytes(""), /is empty/],
    ["picture.png", bytes("abc"), /no Markdown, text or PDF/],
    ["fake.pdf", bytes("hello"), /called a PDF and is none/],
    ["broken.pdf", bytes("%PDF-1.7 rubbish"), /damaged or locked/],
    ["book.pdf", pdf("Page", 501), /has 501 pages; 500 are read/],
    ["blank.pdf", pdf(""), /pictures of text only/],
    ["latin.txt", new Uint8Array([0x47, 0x72, 0xfc]), /not UTF-8/],
  ])("says what is wrong with %s", async (name, content, message) => {
    await expect(extractText({ name, bytes: content })).rejects.toThrow(message);
  });
});

describe("cutting texts", () => {
  it("keeps a short text whole", () => {
    expect(chunkText("  One thought.\r\n")).toEqual(["One thought."]);
    expect(chunkText(" \n ")).toEqual([]);
  });

  it("loses no word and keeps pieces small", () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index}${index % 17 === 0 ? "." : ""}`);
    const chunks = chunkText(words.join(" "));
    expect(chunks.length).toBeGreaterThan(20);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(1_250);
    const seen = new Set(chunks.flatMap((chunk) => chunk.split(/\s+/)));
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
  });

  it("repeats the heading in front of later pieces", () => {
    const body = Array.from({ length: 5 }, (_, index) => `${"Long sentence here. ".repeat(25)}${index}`).join(
      "\n\n",
    );
    const chunks = chunkText(`# Returns\n\n${body}`);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.every((chunk) => chunk.includes("Returns"))).toBe(true);
  });

  it("cuts a word without end", () => {
    expect(chunkText("x".repeat(5_000)).join("").replaceAll(/\s/g, "").length).toBeGreaterThanOrEqual(5_000);
  });
});
