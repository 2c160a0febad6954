import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The sync's own tests once more on a real PostgreSQL with several connections, and what only that can show: workers
 * killed in the middle. `npm run test:postgres` installs the server first where it is missing.
 */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./", import.meta.url)) } },
  test: {
    include: [
      "**/*.integration.test.ts",
      "sync/inbound/{backfill,stale-page}.test.ts",
      "sync/outbound/push.test.ts",
      "sync/outbound/concurrency.slow.test.ts",
    ],
    exclude: ["node_modules/**"],
    globalSetup: ["supabase/testing/postgres-setup.ts"],
    testTimeout: 150_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
