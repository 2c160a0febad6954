import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("./", import.meta.url));

/** Tests against real services, such as a PostgreSQL server: `npx vitest run --config vitest.integration.config.ts`. */
export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    include: ["**/*.integration.test.ts"],
    exclude: ["node_modules/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
