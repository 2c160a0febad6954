import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDevFile } from "@/scripts/start/dev-file";
import { command } from "../live/running";
import { keepBodies, keepScreenshot, openPage, phone, startBrowser, weighScripts, wide } from "./browser";

/** Drives the running product (`npm start`) the way a person would. */
const dev = readDevFile();
let browser: Browser;
let page: Page;
let complaints: string[];
/** What the command line answered, in cents: every other way to ask must say the same. */
let asked: number;
let received: { url: string; body: string }[];

beforeAll(async () => {
  browser = await startBrowser();
  ({ page, complaints } = await openPage(browser, wide));
  received = keepBodies(page);
});
afterAll(() => browser?.close());

async function signIn(target: Page, person: { email: string; password: string } = dev.demo) {
  await target.goto(`${dev.url}/sign-in`);
  await target.getByLabel("E-mail").fill(person.email);
  await target.getByLabel("Password").fill(person.password);
  await target.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Asks and waits until a chart is drawn. */
async function ask(target: Page, question: string) {
  await target.getByLabel("Your question").fill(question);
  await target.keyboard.press("Enter");
  await target.locator("[data-chart-drawing] svg.recharts-surface").first().waitFor({ timeout: 30_000 });
}

/** Sum of the last column of a table of money, its totals left out, in cents. */
async function tableCents(where: Locator): Promise<number> {
  const cells = await where.locator("tbody tr td:last-child").allTextContents();
  return cells.reduce((sum, cell) => sum + Math.round(Number(cell.replace(/[^0-9.-]/g, "")) * 100), 0);
}

/** Violations of WCAG 2.2 A and AA, one line each. */
async function accessibilityProblems(target: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: target as never })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target: where, failureSummary }) => `${id} ${where.join(" ")}: ${failureSummary}`),
  );
}

describe("a person asks and pins", () => {
  it("refuses a wrong password in words", async () => {
    await signIn(page, { ...dev.demo, password: "not-the-password" });
    await expect.poll(() => page.getByRole("alert").first().textContent()).toContain("do not match");
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it("signs in with the demo account", async () => {
    await signIn(page);
    await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await keepScreenshot(page, "ask");
  });

  it("keeps the chat page's script within budget", async () => {
    const fresh = await openPage(browser, wide);
    await signIn(fresh.page);
    await fresh.page.getByLabel("Your question").waitFor();
    const scripts = await weighScripts(fresh.page);
    await fresh.page.goto(dev.url, { waitUntil: "networkidle" });
    expect(scripts.kilobytes(), "before the first chart").toBeLessThanOrEqual(250);
    await ask(fresh.page, "orders by month this year");
    await fresh.page.waitForLoadState("networkidle");
    expect(scripts.kilobytes(), "with one chart").toBeLessThanOrEqual(400);
    await fresh.page.context().close();
  });

  it("draws the answer to a question", async () => {
    await ask(page, "revenue by month this year");
    await expect
      .poll(() => page.locator("[data-chart-drawing] path.recharts-curve").count())
      .toBeGreaterThan(0);
    const answer = await page.getByLabel("Conversation").textContent();
    expect(answer).toMatch(/revenue collected was \$[\d,]+\.\d\d/i);
    await keepScreenshot(page, "answer");
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it("explains how it was computed", async () => {
    await page.getByRole("button", { name: "How was this computed?" }).first().click();
    const dialog = page.getByRole("dialog", { name: "How this was computed" });
    const text = (await dialog.textContent()) ?? "";
    for (const part of ["revenue_collected", "Range", "Time zone", "Data as of", "Rows", "select"])
      expect(text).toContain(part);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  it("shows the command line's number in chat", async () => {
    const toggle = page.getByRole("button", { name: "Show as table" }).first();
    await toggle.click();
    const answer = await command<{ rows: { revenue_collected: number }[] }>(
      "ask",
      "--",
      "revenue by month this year",
      "--json",
    );
    asked = answer.rows.reduce((sum, row) => sum + row.revenue_collected, 0);
    expect(asked).toBeGreaterThan(0);
    expect(await tableCents(page.getByLabel("Charts"))).toBe(asked);
    await toggle.click();
  });

  it("pins the chart to a board", async () => {
    const title = `Revenue, pinned at ${new Date().toISOString()}`;
    await page.getByRole("button", { name: "Pin", exact: true }).first().click();
    const dialog = page.getByRole("dialog", { name: "Pin to a board" });
    await dialog.getByLabel("Title").fill(title);
    await dialog.getByRole("button", { name: "Pin", exact: true }).click();
    const said = await page.getByText(/^Pinned to /).textContent();
    await page.goto(`${dev.url}/boards`);
    await page
      .locator("main a[href^='/boards/']")
      .filter({ hasText: said?.replace(/^Pinned to |\.$/g, "") ?? "" })
      .first()
      .click();
    await page.getByRole("heading", { name: title }).waitFor({ timeout: 30_000 });
    await page.locator("[data-chart-drawing] svg.recharts-surface").first().waitFor({ timeout: 30_000 });
    await keepScreenshot(page, "board");
    expect(await accessibilityProblems(page)).toEqual([]);
    const card = page.locator("main article, main section, main li").filter({ hasText: title }).last();
    await card.getByRole("button", { name: "Show as table" }).click();
    expect(await tableCents(card)).toBe(asked);
  });

  it("makes a board from a ready one", async () => {
    await page.goto(`${dev.url}/boards`);
    await page.getByRole("button", { name: /^Overview/ }).click();
    await page.waitForURL(/\/boards\/[0-9a-f-]{36}$/);
    await page.getByRole("heading", { name: "Revenue and refunds" }).waitFor();
    await page.locator("[data-chart-drawing] svg.recharts-surface").first().waitFor({ timeout: 30_000 });
    await keepScreenshot(page, "ready-board");
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it("keeps the chat for later", async () => {
    await page
      .getByRole("navigation", { name: "Recent chats" })
      .getByRole("link", { name: "revenue by month this year" })
      .first()
      .click();
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    await page.locator("[data-chart-drawing] svg.recharts-surface").first().waitFor({ timeout: 30_000 });
  });

  for (const [name, path] of [
    ["contacts", "/contacts"],
    ["approvals", "/approvals"],
    ["sync", "/sync"],
    ["settings", "/settings"],
  ] as const) {
    it(`opens ${name} without an accessibility problem`, async () => {
      await page.goto(`${dev.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await keepScreenshot(page, name);
      expect(await accessibilityProblems(page)).toEqual([]);
    });
  }

  it("finds a section by keyboard alone", async () => {
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Search and commands" });
    await palette.waitFor();
    await page.keyboard.type("boards");
    await palette
      .getByRole("option", { name: /Boards/ })
      .first()
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await palette.waitFor({ state: "hidden" });
  });

  it("follows the sync without a reload", { timeout: 180_000 }, async () => {
    await page.goto(`${dev.url}/sync`);
    // Offered once the first copy is complete, which the page notices by itself.
    const button = page.getByRole("button", { name: "Look for changes" });
    await button.waitFor({ timeout: 150_000 });
    const looked = page.waitForResponse((response) => response.url().endsWith("/api/sync/status"));
    await button.click();
    await page.getByText("Looking for changes in Keap.").waitFor();
    expect((await looked).status()).toBe(200);
  });

  it("leaves the browser's console quiet", () => {
    // A refused sign-in answers 200 with words, so nothing at all may complain, the content policy least of all.
    expect(complaints).toEqual([]);
  });

  it("sends no secret to the browser", () => {
    expect(received.length).toBeGreaterThan(10);
    const secrets = [dev.secret_key, dev.keap_token];
    expect(
      received.filter(({ body }) => secrets.some((secret) => body.includes(secret))).map(({ url }) => url),
    ).toEqual([]);
  });

  it("shows a viewer boards and no people", async () => {
    const viewer = dev.demo.users?.find(({ role }) => role === "viewer");
    if (!viewer) throw new Error("The demo account has no viewer; start again with a new data folder.");
    const { page: theirs } = await openPage(browser, wide);
    await signIn(theirs, viewer);
    await theirs.waitForURL(/\/boards$/);
    expect(
      await theirs.getByRole("navigation", { name: "Sections" }).getByRole("link").allTextContents(),
    ).toEqual(["Boards", "Goals", "Sync", "Settings"]);
    await theirs.goto(`${dev.url}/contacts`);
    await theirs.getByText("Contacts are not open to viewers").waitFor();
    await theirs.context().close();
  });

  it("works on a phone in the dark", async () => {
    const small = await openPage(browser, phone);
    await signIn(small.page);
    await ask(small.page, "orders by month this year");
    const overflow = await small.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await keepScreenshot(small.page, "phone");
    expect(await accessibilityProblems(small.page)).toEqual([]);
    expect(small.complaints).toEqual([]);
  });
});
