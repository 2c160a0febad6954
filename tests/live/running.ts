import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { readDevFile } from "@/scripts/start/dev-file";

const run = promisify(execFile);

/** Where the running product is. @throws with the command to run when it is not running. */
export const dev = readDevFile();

/** A client with the service key: what a person with the SQL editor of their own Supabase may do. */
export function serviceClient(): SupabaseClient {
  return createClient(dev.supabase_url, dev.secret_key, { auth: { persistSession: false } });
}

/** Signs in with the demo admin's password. */
export async function signInAsAdmin(): Promise<SupabaseClient> {
  const client = createClient(dev.supabase_url, dev.publishable_key, { auth: { persistSession: false } });
  const { error } = await client.auth.signInWithPassword({
    email: dev.demo.email,
    password: dev.demo.password,
  });
  if (error) throw new Error(`Sign-in as ${dev.demo.email} failed: ${error.message}`);
  return client;
}

/** Runs one of our npm commands; its output is for people. */
export async function runCommand(...args: string[]): Promise<void> {
  await run("npm", ["run", "--silent", ...args], { maxBuffer: 64 * 1024 * 1024 });
}

/** Runs one of our npm commands and parses the JSON it prints. */
export async function command<T>(...args: string[]): Promise<T> {
  const { stdout } = await run("npm", ["run", "--silent", ...args], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as T;
}

/** A call to Keap's REST API (the sandbox), as another integration of the business would make it. */
export async function keap<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${dev.keap_url}/crm/rest${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${dev.keap_token}`,
      "content-type": "application/json",
      ...init.headers,
    },
  });
  if (response.status === 429) {
    // The account's limits are enforced on tests as well: wait for the next window and ask again.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return keap(path, init);
  }
  if (!response.ok)
    throw new Error(`${init.method ?? "GET"} ${path} answered ${response.status}: ${await response.text()}`);
  return (response.status === 204 ? null : await response.json()) as T;
}

/** Every item of a paged v2 list. */
export async function keapList<T>(path: string, key: string): Promise<T[]> {
  const items: T[] = [];
  let token = "";
  do {
    const join = path.includes("?") ? "&" : "?";
    const page = await keap<Record<string, unknown>>(
      `${path}${join}page_size=1000${token ? `&page_token=${encodeURIComponent(token)}` : ""}`,
    );
    items.push(...((page[key] as T[] | undefined) ?? []));
    const next = (page.next_page_token as string | null | undefined) ?? "";
    token = next.startsWith("http") ? (new URL(next).searchParams.get("page_token") ?? "") : next;
  } while (token);
  return items;
}

/** Sends an event to the job server, as the app does. */
export async function sendEvent(name: string, data: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${dev.jobs_url}/e/${dev.event_key}`, {
    method: "POST",
    body: JSON.stringify({ name, data: { account_id: dev.account_id, ...data } }),
  });
  if (!response.ok) throw new Error(`The job server answered ${response.status} to ${name}.`);
}

/** Polls until `probe` gives a value; resolves with it and the milliseconds it took. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  timeoutMs = 30_000,
): Promise<{ value: T; ms: number }> {
  const began = Date.now();
  for (;;) {
    const value = await probe();
    if (value) return { value, ms: Date.now() - began };
    if (Date.now() - began > timeoutMs) throw new Error(`Waited ${timeoutMs / 1000} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
