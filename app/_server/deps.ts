import "server-only";
import { createServerClient } from "@supabase/ssr";
import type { SupabaseClient } from "@supabase/supabase-js";
import { cookies } from "next/headers";
import { chooseModel, pricesOf } from "@/agent/chat/model";
import { chooseEmbedder, type Embedder } from "@/agent/knowledge/embedder";
import { agentSettingsSchema } from "@/agent/settings";
import { openPlanner } from "@/agent/sql/planner";
import type { ToolContext } from "@/agent/tools/context";
import { type Mailer, openMailer } from "@/agent/watching/mail";
import { openQueryDoor, type QueryDoor } from "@/analytics/query/door";
import { openKeapReader } from "@/mcp-server/deps";
import { createServiceClient } from "@/supabase/client";
import { getSettings } from "./settings";

/** The cookie name is shared with `proxy.ts`, which refreshes it. */
const sessionCookie = { name: "keapsake-auth-token", httpOnly: true, sameSite: "lax" as const };

/**
 * A database client that acts as the person behind this request: row security applies.
 * Where cookies cannot be written (while a page renders) the refresh in `proxy.ts` has already done it.
 */
export async function createSessionClient(): Promise<SupabaseClient> {
  const settings = getSettings();
  const jar = await cookies();
  return createServerClient(settings.SUPABASE_URL, settings.SUPABASE_PUBLISHABLE_KEY, {
    cookieOptions: { ...sessionCookie, secure: settings.KEAPSAKE_URL?.startsWith("https:") ?? false },
    cookies: {
      getAll: () => jar.getAll(),
      setAll: (all) => {
        try {
          for (const { name, value, options } of all) jar.set(name, value, options);
        } catch {
          // Rendering a page: the headers are already on their way.
        }
      },
    },
  });
}

let service: SupabaseClient | undefined;

/** The client with the secret key: only for the query door and what row security cannot express. */
export function getServiceClient(): SupabaseClient {
  const settings = getSettings();
  service ??= createServiceClient({ url: settings.SUPABASE_URL, secretKey: settings.SUPABASE_SECRET_KEY });
  return service;
}

let door: QueryDoor | undefined;

/** The one way to ask for a number. */
export function getQueryDoor(): QueryDoor {
  door ??= openQueryDoor(getServiceClient());
  return door;
}

let keapOf: ReturnType<typeof openKeapReader> | undefined;

/** Live reads of Keap, counted per account and day; undefined where this process has no connection to Keap. */
export function getKeapReader(accountId: string): ToolContext["keap"] {
  keapOf ??= openKeapReader(getServiceClient(), process.env);
  return keapOf(accountId);
}

let model: ReturnType<typeof chooseModel> | undefined;

/** The language model chosen by the environment, or null: then the offline analyst answers. */
export function getModel(): ReturnType<typeof chooseModel> {
  model ??= chooseModel(agentSettingsSchema.parse(withoutEmpty(process.env)));
  return model;
}

/** What the model costs per million tokens, or null where nobody said. */
export function getPrices(): ReturnType<typeof pricesOf> {
  return pricesOf(agentSettingsSchema.parse(withoutEmpty(process.env)));
}

let mailer: Mailer | null | undefined;

/** The mail server of the environment, or null. */
export function getMailer(): Mailer | null {
  if (mailer === undefined) mailer = openMailer(process.env);
  return mailer;
}

let embedder: Embedder | null | undefined;

/** The embedding model of the environment, or null: search then rests on words and spelling. */
function getEmbedder(): Embedder | null {
  if (embedder === undefined) embedder = chooseEmbedder(agentSettingsSchema.parse(withoutEmpty(process.env)));
  return embedder;
}

/** What the agent's tools get for one request of a signed-in person. */
export function toolContextFor(session: Pick<ToolContext, "principal" | "account" | "db">): ToolContext {
  const { KEAPSAKE_URL } = getSettings();
  return {
    principal: session.principal,
    account: session.account,
    db: session.db,
    door: getQueryDoor(),
    planner: openPlanner(getServiceClient()),
    keap: getKeapReader(session.account.id),
    embedder: getEmbedder(),
    clock: () => new Date(),
    ...(KEAPSAKE_URL ? { app_url: KEAPSAKE_URL } : {}),
    report: (error, where) => console.error(`[${where}]`, describeForLog(error)),
  };
}

const withoutEmpty = (environment: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));

/** What went wrong and why, for the operator's log: messages and codes, never rows. */
function describeForLog(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
  return [error.message, code && `(${code})`, message?.slice(0, 300)].filter(Boolean).join(" ");
}
