import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDevFile } from "@/scripts/start/dev-file";
import { createServiceClient, createUserClient } from "@/supabase/client";
import { keepScreenshot, openPage, startBrowser } from "./browser";

/**
 * The pages around the answers (alerts, segments, documents, evaluation, approvals) on a wide screen and a phone, light
 * and dark: no accessibility problem, nothing wider than the screen, nothing to complain about on the console.
 */
const dev = readDevFile();
const service = createServiceClient({ url: dev.supabase_url, secretKey: dev.secret_key });
type Kind = "alerts" | "segments" | "goals" | "saved_queries" | "evaluation_questions";
const made: { kind: Kind; id: string }[] = [];
let browser: Browser;
let account = "";
let segment = "";
let question = "";
let proposal = "";
let upload = "";

const looks: [string, BrowserContextOptions][] = [
  ["wide-light", { viewport: { width: 1440, height: 900 }, colorScheme: "light" }],
  ["wide-dark", { viewport: { width: 1440, height: 900 }, colorScheme: "dark" }],
  ["phone-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
];

async function call<T>(name: string, args: Record<string, unknown>): Promise<T> {
  const { data, error } = await service.rpc(name, { p_account: account, ...args });
  if (error) throw new Error(`${name}: ${error.message}`);
  return data as T;
}

async function save(kind: Kind, item: Record<string, unknown>): Promise<string> {
  const id = await call<string>("save_item", { p_kind: kind, p_item: item });
  made.push({ kind, id });
  return id;
}

beforeAll(async () => {
  browser = await startBrowser();
  const { data } = await service.from("accounts").select("id").order("created_at").limit(1).single();
  account = data?.id ?? "";
  await save("alerts", {
    name: "Orders below 5 in a week",
    query: { metrics: ["orders"], dimensions: [], range: { preset: "today" } },
    condition: { kind: "threshold", when: "below", value: 5, period: "week" },
    channels: [{ kind: "app" }, { kind: "email", to: ["ann@example.com"] }],
  });
  await save("alerts", {
    name: "Revenue collected, weekly digest",
    query: { metrics: ["revenue_collected", "orders"], dimensions: [], range: { preset: "today" } },
    condition: { kind: "digest", period: "week" },
    channels: [{ kind: "app" }],
    enabled: false,
  });
  segment = await save("segments", {
    name: "Asleep but valuable",
    kind: "dynamic",
    definition: { people: { no_order_since: "2026-05-23", spent_over: 500 } },
  });
  question = await save("saved_queries", {
    name: "Orders of the year",
    query: {
      version: 1,
      title: "Orders of the year",
      query: { metrics: ["orders"], dimensions: ["time"], grain: "month", range: { preset: "this_year" } },
      drawing: { kind: "bar" },
    },
  });
  await save("goals", {
    name: "Refunds of the year",
    metric: "refunds",
    filters: [],
    target: 1_000_000,
    direction: "at_most",
    starts_on: "2026-01-01",
    ends_on: "2026-12-31",
  });
  await save("evaluation_questions", {
    question: "How much revenue did we collect in the first quarter of 2026, by product?",
    expected: { kind: "refuse" },
    active: true,
  });
  upload = await call<string>("store_upload", {
    p_title: "Handbook for the front desk",
    p_file: "handbook.md",
    p_chunks: ["Kilns cool overnight."],
  });
  const { data: people } = await service
    .from("contacts")
    .select("supabase_id")
    .eq("account_id", account)
    .is("deleted_at", null)
    .order("keap_id")
    .limit(3);
  const items = (people ?? []).map(({ supabase_id }) => ({ contact_id: supabase_id }));
  ({ proposal_id: proposal } = await call<{ proposal_id: string }>("create_proposal", {
    p_proposal: {
      kind: "apply_tag",
      summary: "They have not ordered for half a year and used to buy a lot.",
      payload: { tag_id: null, tag_name: "Win back" },
    },
    p_items: items,
  }));
}, 120_000);

afterAll(async () => {
  for (const { kind, id } of made) await call("delete_item", { p_kind: kind, p_id: id });
  const admin = createUserClient({ url: dev.supabase_url, publishableKey: dev.publishable_key });
  await admin.auth.signInWithPassword(dev.demo);
  await admin.rpc("remove_upload", { p_account: account, p_document: upload });
  await admin.rpc("reject_proposal", { p_proposal: proposal, p_reason: "Made by a test." });
  await browser?.close();
});

async function signedIn(options: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openPage(browser, options);
  await opened.page.goto(`${dev.url}/sign-in`);
  await opened.page.getByLabel("E-mail").fill(dev.demo.email);
  await opened.page.getByLabel("Password").fill(dev.demo.password);
  await opened.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await opened.page.getByLabel("Your question").waitFor();
  return opened;
}

/** Violations of WCAG 2.2 A and AA, one line each. */
async function accessibilityProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: page as never })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
  );
}

const pages: [string, () => string, string][] = [
  ["alerts", () => "/alerts", "Alerts"],
  ["goals", () => "/goals", "Goals"],
  ["saved", () => "/saved", "Saved"],
  ["saved-question", () => `/saved/${question}`, "Orders of the year"],
  ["segments", () => "/segments", "Segments"],
  ["segment", () => `/segments/${segment}`, "Asleep but valuable"],
  ["knowledge", () => "/settings/knowledge", ""],
  ["evaluation", () => "/settings/evaluation", ""],
  ["approvals", () => "/approvals", "Approvals"],
  ["approval", () => `/approvals/${proposal}`, ""],
];

describe.each(looks)("%s", (look, options) => {
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    ({ page, complaints } = await signedIn(options));
  });
  afterAll(() => page?.context().close());

  it.each(pages)("shows %s to everybody", async (name, path, title) => {
    complaints.length = 0;
    await page.goto(`${dev.url}${path()}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    if (title) expect(await page.getByRole("heading", { level: 1 }).first().textContent()).toContain(title);
    await keepScreenshot(page, `${name}-${look}`);
    expect(await accessibilityProblems(page)).toEqual([]);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wider).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });

  it("sets a goal by its form and takes it back", async () => {
    await page.goto(`${dev.url}/goals`);
    await page.getByRole("button", { name: "New goal" }).click();
    await page.getByLabel("Number").selectOption("orders");
    await page.getByLabel("Target").fill("1,000");
    await page.getByLabel("For").selectOption({ index: 4 });
    await page.getByLabel("Name (if you like)").fill(`A thousand orders ${look}`);
    await keepScreenshot(page, `new-goal-${look}`);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Set the goal" }).click();
    const goal = page.getByRole("listitem").filter({ hasText: `A thousand orders ${look}` });
    await goal.getByText(/^\d[\d,]* of 1,000 \(\d+\.\d%\): /).waitFor({ timeout: 20_000 });
    await goal.getByRole("button", { name: /^Delete the goal/ }).click();
    await goal.waitFor({ state: "detached" });
  });

  it("shows the form and the preview of an alert", async () => {
    await page.goto(`${dev.url}/alerts`);
    await page.getByRole("button", { name: "New alert" }).click();
    await page.getByLabel("E-mail to (if you like)").waitFor();
    await keepScreenshot(page, `new-alert-${look}`);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Preview the alert Orders below 5 in a week" }).click();
    await page.getByText("Subject: Orders:").waitFor({ timeout: 20_000 });
    await keepScreenshot(page, `preview-alert-${look}`);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });
});
