import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The whole product as a person starts it: these tests talk to a running `npm start` (see .keapsake/dev.json). With
 * `--mode kill` those that start products of their own and kill them.
 */
export default defineConfig(({ mode }) => ({
  resolve: { alias: { "@": fileURLToPath(new URL("./", import.meta.url)) } },
  test: {
    include: [mode === "kill" ? "tests/live/**/*.kill.ts" : "tests/live/**/*.live.ts"],
    testTimeout: 90_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    sequence: { concurrent: false },
  },
}));
