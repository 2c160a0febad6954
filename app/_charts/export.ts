import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { minorDigits } from "../_lib/format";
import type { Drawn } from "./drawn";
import { visibleColumns } from "./result-table";

/**
 * The rows as CSV with numbers a spreadsheet can add up: money in whole units with a point, ratios as fractions, times
 * as dates. A text that a spreadsheet would run as a formula gets a leading apostrophe.
 */
export function toCsv(result: Drawn): string {
  const columns = visibleColumns(result);
  const lines = [columns.map(({ label }) => cell(label))];
  for (const row of result.rows) lines.push(columns.map((column) => cell(plainValue(row, column, result))));
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

function plainValue(row: ResultRow, column: ResultColumn, result: Drawn): string {
  const value = row[column.id];
  if (value === null || value === undefined) return "";
  if (column.unit !== "money" || typeof value !== "number" || column.kind === "change") {
    return typeof value === "string" ? neutralise(value) : String(value);
  }
  const currency =
    column.currency ?? result.currency ?? (typeof row.currency === "string" ? row.currency : null);
  const digits = currency ? minorDigits(currency) : 2;
  return (value / 10 ** digits).toFixed(digits);
}

const neutralise = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A file name from a chart's title. */
export const fileName = (title: string, extension: string): string =>
  `${
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "chart"
  }.${extension}`;

/** Hands a file to the browser. */
export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const painted = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "fill-opacity",
  "stroke-opacity",
  "font-size",
  "font-family",
  "font-weight",
  "text-anchor",
];

/**
 * A picture of the drawing in `frame`, twice the size on screen, on the page's own background and under its title.
 * Styles are copied onto the clone because a picture knows no stylesheet. Null when the drawing is not a picture (a table).
 */
export async function toPng(frame: HTMLElement, title: string): Promise<Blob | null> {
  const source = frame.querySelector<SVGSVGElement>("svg.recharts-surface");
  if (!source) return null;
  const { width, height } = source.getBoundingClientRect();
  const clone = source.cloneNode(true) as SVGSVGElement;
  const originals = [source, ...source.querySelectorAll("*")];
  for (const [index, element] of [clone, ...clone.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(originals[index] ?? source);
    for (const name of painted) element.setAttribute(name, style.getPropertyValue(name));
  }
  clone.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  clone.setAttribute("width", String(width));
  clone.setAttribute("height", String(height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(clone))}`;
  await image.decode();

  const [pad, head, scale] = [20, 40, 2];
  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * pad) * scale;
  canvas.height = (height + 2 * pad + head) * scale;
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  const page = getComputedStyle(document.documentElement);
  pen.scale(scale, scale);
  pen.fillStyle = page.getPropertyValue("--surface");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = page.getPropertyValue("--ink");
  pen.font = `600 16px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillText(title, pad, pad + 16);
  pen.drawImage(image, pad, pad + head, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
