import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDevFile } from "@/scripts/start/dev-file";
import { keepScreenshot, openPage, startBrowser, wide } from "./browser";

/** What every answer shows, as a person at the page sees it. */
const dev = readDevFile();
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await startBrowser();
  ({ page, complaints } = await openPage(browser, wide));
  await page.goto(`${dev.url}/sign-in`);
  await page.getByLabel("E-mail").fill(dev.demo.email);
  await page.getByLabel("Password").fill(dev.demo.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Your question").waitFor();
});
afterAll(() => browser?.close());

/** Asks in a chat of its own and waits for the end of the answer. */
async function ask(question: string): Promise<void> {
  complaints.length = 0;
  await page.goto(dev.url);
  await page.getByLabel("Your question").fill(question);
  await page.keyboard.press("Enter");
  await page.getByText(/^Answered by/).waitFor({ timeout: 30_000 });
}

async function accessibilityProblems(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: page as never })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(" ")}`));
}

const dialog = () => page.locator("dialog[open]");

describe("what an answer shows", () => {
  it("a forecast with its range, its definition and its SQL", async () => {
    await ask("forecast revenue for the next 3 months");
    await page.locator("[data-chart-drawing] svg.recharts-surface").first().waitFor();
    for (const series of ["Revenue collected", "Expected", "Low", "High"])
      await page.getByRole("button", { name: series, exact: true }).waitFor();
    // A board computes a query anew, which is not the forecast.
    expect(await page.getByRole("button", { name: "Pin", exact: true }).count()).toBe(0);
    expect(await page.locator("[data-cell]").count()).toBeGreaterThan(8);
    expect(await page.locator("[data-cell]").first().getAttribute("title")).toMatch(/^From the result: .+/);
    await keepScreenshot(page, "forecast");
    expect(await accessibilityProblems()).toEqual([]);
    await page.getByRole("button", { name: "How was this computed?" }).click();
    await dialog().getByText("America/New_York").waitFor();
    expect(await dialog().locator("pre").textContent()).toContain("select");
    expect(complaints).toEqual([]);
  });

  it("a reason with the split it is read off", async () => {
    await ask("why did revenue change last month");
    await page.getByRole("heading", { name: "Revenue collected: what changed" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("a list with people to open, what was looked for and the SQL", async () => {
    await ask("who spent the most this year?");
    await page.getByRole("button", { name: "How was this found?" }).click();
    expect(await dialog().textContent()).toMatch(/by what they paid.*10 of [\d,]+.*analytics\.contacts/s);
    expect(await accessibilityProblems()).toEqual([]);
    await page.keyboard.press("Escape");
    const first = page.locator("li a[href^='/contacts/']").first();
    const name = (await first.textContent()) ?? "";
    await first.click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("texts with where they can be read", async () => {
    await ask("what did we write about refunds?");
    const source = page.getByRole("navigation", { name: "Sources" }).getByRole("link").first();
    await source.waitFor();
    expect(await accessibilityProblems()).toEqual([]);
    await source.click();
    await page.waitForURL(/\/contacts\//);
  });

  it("a refusal once, and no warning about its numbers", async () => {
    await ask("tag everyone who has not bought in 12 months as Win Back");
    await page.getByText("more than the 1,000 one proposal may hold").waitFor();
    expect(await page.getByText("more than the 1,000 one proposal may hold").count()).toBe(1);
    expect(await page.getByText(/^Careful/).count()).toBe(0);
  });

  it("what is wrong with a question of 20,000 characters, and keeps it", async () => {
    await page.goto(dev.url);
    await page.getByLabel("Your question").fill("x".repeat(20_000));
    await page.getByText("This has 20,000 characters, and a question may have 4,000.").waitFor();
    expect(await page.getByRole("button", { name: "Ask", exact: true }).last().isDisabled()).toBe(true);
    expect((await page.getByLabel("Your question").inputValue()).length).toBe(20_000);
    expect(await accessibilityProblems()).toEqual([]);
  });

  it("a mark that an admin sets and takes back, and a comment under a thumb", async () => {
    const question = `orders by month in ${2024 + Math.floor(Math.random() * 3)}`;
    await ask(question);
    const mark = page.getByRole("button", { name: "Mark as verified" });
    const back = page.getByRole("button", { name: "Take back" });
    await mark.or(back).first().waitFor();
    if (await back.count()) await back.click();
    await mark.click();
    await page.getByText("Verified answer").first().waitFor();
    await back.click();
    await mark.waitFor();
    await page.getByRole("button", { name: "Good answer" }).click();
    await page.getByRole("button", { name: "Add a comment" }).click();
    const comment = `The number we report, ${Date.now()}`;
    await dialog().getByLabel("Comment").fill(comment);
    expect(await accessibilityProblems()).toEqual([]);
    await dialog().getByRole("button", { name: "Send" }).click();
    await dialog().waitFor({ state: "detached" });
    await page.goto(`${dev.url}/settings/evaluation`);
    await page.getByText(comment).waitFor();
    await page.getByText(question).first().waitFor();
  });

  it("who did what", async () => {
    await page.goto(`${dev.url}/settings/audit`);
    await page.getByText("signed in").first().waitFor();
    await page.getByText(dev.demo.email).first().waitFor();
    expect(await accessibilityProblems()).toEqual([]);
  });
});
