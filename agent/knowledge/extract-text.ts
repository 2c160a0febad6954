/** Largest file that is read, in bytes. */
export const largestUpload = 10_000_000;
/** Pages of a PDF that are read; a book is split. */
export const mostPages = 500;

/** A file that cannot be read; the message says which and what to do. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
}

/** Text of an uploaded file: Markdown and plain text as they are, PDF page by page. @throws UnreadableFileError */
export async function extractText(file: { name: string; bytes: Uint8Array }): Promise<string> {
  const { name, bytes } = file;
  if (bytes.length === 0) throw new UnreadableFileError(`"${name}" is empty.`);
  if (bytes.length > largestUpload)
    throw new UnreadableFileError(`"${name}" is larger than ${largestUpload / 1e6} MB. Split it.`);
  // The content decides, not the name: a PDF starts with its mark.
  if (String.fromCharCode(...bytes.slice(0, 5)) === "%PDF-") return pdfText(name, bytes);
  if (/\.pdf$/i.test(name)) throw new UnreadableFileError(`"${name}" is called a PDF and is none.`);
  if (!/\.(?:md|markdown|txt|text)$/i.test(name))
    throw new UnreadableFileError(`"${name}" is no Markdown, text or PDF file. Save it as one of these.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFileError(`"${name}" is not UTF-8 text. Save it with that encoding.`);
  }
}

async function pdfText(name: string, bytes: Uint8Array): Promise<string> {
  const { extractText: extract, getDocumentProxy } = await import("unpdf");
  let pages: string[];
  try {
    // The library takes the bytes over; the caller keeps its own.
    const document = await getDocumentProxy(new Uint8Array(bytes));
    if (document.numPages > mostPages)
      throw new UnreadableFileError(
        `"${name}" has ${document.numPages} pages; ${mostPages} are read at most. Split it.`,
      );
    pages = (await extract(document, { mergePages: false })).text;
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(`"${name}" cannot be read: it is damaged or locked with a password.`, {
      cause: error,
    });
  }
  const text = pages
    .map((page) => page.trim())
    .filter(Boolean)
    .join("\n\n");
  if (!text)
    throw new UnreadableFileError(
      `"${name}" holds pictures of text only. Run it through text recognition first.`,
    );
  return text;
}
