import { serve } from "@hono/node-server";
import { createRunnerApp } from "./http";
import { LocalRunner } from "./runner";
import { runnerSettingsSchema } from "./settings";
import { watchForWork } from "./watch";

/** The embedded job runner as a process: syncs with the app, takes events, wakes the push when rows are dirty. */
async function main(): Promise<void> {
  const settings = runnerSettingsSchema.parse({
    serve_url: process.env.KEAPSAKE_SERVE_URL,
    port: process.env.KEAPSAKE_JOBS_PORT,
    signing_key: process.env.INNGEST_SIGNING_KEY,
    event_key: process.env.INNGEST_EVENT_KEY,
  });
  const runner = new LocalRunner({
    serveUrl: settings.serve_url,
    signingKey: settings.signing_key,
    log: (line) => console.error(line),
  });
  const functions = await runner.sync();
  const app = createRunnerApp(runner, settings.event_key);
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const listening = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: settings.port }, () =>
      resolve(listening),
    );
    listening.once("error", reject);
  });
  const stopWatching = await watchForWork(runner);
  console.log(JSON.stringify({ ready: true, url: `http://127.0.0.1:${settings.port}`, functions }));

  const stop = async () => {
    stopWatching();
    server.close();
    await Promise.race([runner.stop(), new Promise((resolve) => setTimeout(resolve, 4_000))]);
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
}

main().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : String(cause));
  process.exit(1);
});
