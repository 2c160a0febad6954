import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("./", import.meta.url));

/** `--mode slow`: properties over random accounts and whole lives of an account, in minutes (`npm run test:slow`). */
export default defineConfig(({ mode }) => ({
  resolve: { alias: { "@": root } },
  test: {
    setupFiles: [`${root}tests/property-seed.ts`],
    include: [mode === "slow" ? "**/*.slow.test.ts" : "**/*.test.{ts,tsx}"],
    exclude: [
      "node_modules/**",
      ".next/**",
      ".keapsake/**",
      "**/*.integration.test.ts",
      "tests/e2e/**",
      ...(mode === "slow" ? [] : ["**/*.slow.test.ts"]),
    ],
    testTimeout: mode === "slow" ? 120_000 : 20_000,
    hookTimeout: mode === "slow" ? 180_000 : 60_000,
    // PGlite holds a few hundred MB per database: two workers keep a small machine honest.
    maxWorkers: 2,
  },
}));
