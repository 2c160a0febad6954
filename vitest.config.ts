import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("./", import.meta.url));

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    include: ["**/*.test.{ts,tsx}"],
    exclude: ["node_modules/**", ".next/**", ".keapsake/**", "**/*.integration.test.ts", "tests/e2e/**"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // PGlite holds a few hundred MB per database: two workers keep a small machine honest.
    maxWorkers: 2,
  },
});
