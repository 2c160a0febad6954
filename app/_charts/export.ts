import type { ExportInput } from "@/agent/export/export-schema";

/** Hands a file to the browser. */
export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Fetches a file of all rows that were asked for and hands it to the browser. Throws with what to tell the person,
 * also when the file broke off on its way.
 */
export async function downloadAll(what: ExportInput): Promise<void> {
  const failed = "The file could not be fetched. Check the connection and try again.";
  const response = await fetch("/api/export", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(what),
  }).catch(() => null);
  if (!response) throw new Error(failed);
  if (!response.ok) {
    const said = (await response.json().catch(() => null)) as { error?: string } | null;
    throw new Error(said?.error ?? failed);
  }
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const file = await response.blob().catch(() => null);
  if (!file) throw new Error("The file broke off on its way. Try again.");
  download(name ? decodeURIComponent(name) : "export.csv", file);
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
