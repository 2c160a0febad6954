import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { getResponse } from "msw";
import { createEmptyAccount } from "./account";
import { handleControl } from "./control/api";
import { generateAccount } from "./generator/generate";
import type { Credential } from "./http/auth";
import type { RefreshGrant } from "./http/oauth";
import { openAccountStore, type Recipe } from "./persistence";
import { createSandbox, type Sandbox } from "./sandbox";
import { sandboxSettingsSchema } from "./settings";
import type { Switches } from "./switches";

interface SavedState {
  switches: Switches;
  clock_offset_ms: number;
  scale: number;
  credentials: Credential[];
  refreshes: RefreshGrant[];
}

const generate = (recipe: Recipe) =>
  recipe.contacts === 0
    ? createEmptyAccount()
    : generateAccount({ seed: recipe.seed, contacts: recipe.contacts, endDate: new Date(recipe.end_date) });

async function toRequest(incoming: IncomingMessage, base: string): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value));
  const method = incoming.method ?? "GET";
  const hasBody = chunks.length > 0 && method !== "GET" && method !== "HEAD";
  return new Request(new URL(incoming.url ?? "/", base), {
    method,
    headers,
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  if (response.type === "error") {
    outgoing.socket?.destroy();
    return;
  }
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    "content-length": body.length,
  });
  outgoing.end(body);
}

/**
 * The state beside the records that a restart must find again. A clock that runs at its own pace drifts all the time:
 * its offset is noted in coarse steps, upwards, so that time never goes back.
 */
function stateOf(sandbox: Sandbox): SavedState {
  const { scale } = sandbox.clock;
  const offset = sandbox.clock.now() - Date.now();
  const step = 60_000 * Math.max(1, scale);
  return {
    switches: sandbox.switches,
    scale,
    // At real pace what is left of a difference is the time the call itself takes: whole seconds.
    clock_offset_ms: scale === 1 ? Math.round(offset / 1000) * 1000 : Math.ceil(offset / step) * step,
    credentials: [...sandbox.credentials.values()].filter((one) => one.token !== sandbox.token),
    refreshes: [...sandbox.oauth.refreshes.values()],
  };
}

async function main(): Promise<void> {
  const parsed = sandboxSettingsSchema.safeParse(process.env);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      console.error(
        `${issue.path.join(".")}: ${issue.message}. Correct it in the environment and start again.`,
      );
    process.exit(1);
  }
  const settings = parsed.data;
  const recipe = {
    seed: settings.KEAPSAKE_SEED,
    contacts: settings.KEAPSAKE_CONTACTS,
    end_date: new Date().toISOString(),
  };
  const store = openAccountStore(
    join(settings.KEAPSAKE_DATA_DIR, "keap"),
    recipe,
    generate,
    createEmptyAccount,
  );
  if (!store.isNew && store.recipe.contacts !== recipe.contacts) {
    console.error(
      `Keeping the account of ${store.recipe.contacts} contacts found in ${settings.KEAPSAKE_DATA_DIR}/keap; remove that folder to make a new one.`,
    );
  }
  const saved = store.savedState as SavedState | null;
  const base = () => `http://127.0.0.1:${port}`;
  const sandbox = createSandbox({
    account: store.account,
    seed: store.recipe.seed,
    token: settings.KEAP_TOKEN,
    now: Date.now() + (saved?.clock_offset_ms ?? 0),
    scale: saved?.scale ?? 1,
    switches: { hook_delay: settings.KEAPSAKE_KEAP_HOOK_DELAY, ...saved?.switches },
    credentials: saved?.credentials ?? [],
  });
  for (const grant of saved?.refreshes ?? []) sandbox.oauth.refreshes.set(grant.token, grant);
  store.follow(() => stateOf(sandbox));
  const keeper = setInterval(store.flush, 500);

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = await toRequest(incoming, base());
      const response =
        (await handleControl(sandbox, request)) ??
        (await getResponse(sandbox.handlers, request)) ??
        new Response("Not found", { status: 404 });
      store.flush();
      await send(response, outgoing);
    })().catch((error: unknown) => {
      console.error("The sandbox could not answer", incoming.method, incoming.url, error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  });
  server.keepAliveTimeout = 65_000;
  let port = settings.KEAPSAKE_KEAP_PORT;
  server.on("error", (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === "EADDRINUSE"
        ? `Port ${port} is taken: set KEAPSAKE_KEAP_PORT to a free one.`
        : `The sandbox cannot listen: ${error.message}`,
    );
    process.exit(1);
  });
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    if (address && typeof address === "object") port = address.port;
    console.log(JSON.stringify({ ready: true, url: base() }));
    setTimeout(
      () =>
        void store
          .writeSnapshot()
          .catch((error: unknown) => console.error("The snapshot could not be written:", error)),
      1_000,
    ).unref();
  });

  const stop = () => {
    clearInterval(keeper);
    sandbox.stop();
    store.close();
    server.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

await main();
