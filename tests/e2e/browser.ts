import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executable = process.env.KEAPSAKE_CHROMIUM ?? "/usr/bin/chromium";

/** Quiet and self-contained: nothing but the pages that are opened reaches the network. */
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Debian's Chromium with an empty profile. @throws saying how to install it. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executable)) {
    throw new Error(
      `There is no browser at ${executable}. Run: apt-get install -y chromium (or set KEAPSAKE_CHROMIUM).`,
    );
  }
  return chromium.launch({ executablePath: executable, args: flags });
}

export const wide: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, colorScheme: "light" };
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, colorScheme: "dark" };

/** A page that remembers what its console complained about. */
export async function openPage(browser: Browser, options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints };
}

const folder = process.env.KEAPSAKE_ARTIFACTS ?? "artifacts";

/** Keeps a picture in artifacts/. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // Hiding the caret would write styles into a page that is still being taken over by React.
  await page.screenshot({ path: join(folder, `${name}.png`), caret: "initial" });
}

/** Collects every text the page receives, to look for what must never be sent. */
export function keepBodies(page: Page): { url: string; body: string }[] {
  const bodies: { url: string; body: string }[] = [];
  page.on("response", (response) => {
    // A body can be gone already when the page has moved on.
    response
      .text()
      .then((body) => bodies.push({ url: response.url(), body }))
      .catch(() => undefined);
  });
  return bodies;
}

/** Adds up the scripts a page loads from now on, as they travel (compressed), without the cache. */
export async function weighScripts(page: Page): Promise<{ kilobytes: () => number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const scripts = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.mimeType.includes("javascript")) scripts.set(requestId, 0);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) scripts.set(requestId, encodedDataLength);
  });
  return { kilobytes: () => [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0) / 1_000 };
}
