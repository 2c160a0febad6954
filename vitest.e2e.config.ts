import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** A browser in front of the running product: these tests talk to a running `npm start` (see .keapsake/dev.json). */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./", import.meta.url)) } },
  test: {
    include: ["tests/e2e/**/*.e2e.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    sequence: { concurrent: false },
    // Each step starts where the one before it ended.
    bail: 1,
  },
});
