import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/**
 * Who may import whom. The data flows Keap → sync → supabase → analytics → agent → (app, mcp-server);
 * `sync` and `agent` meet only in the database, so that an agent can never push to Keap by itself.
 */
const allowed: Record<string, string[]> = {
  supabase: [],
  sync: ["supabase"],
  analytics: ["supabase"],
  agent: ["analytics", "supabase"],
  sandbox: ["sync/keap/schemas"],
  "mcp-server": ["agent", "analytics", "supabase"],
  inngest: ["sync", "agent", "analytics", "supabase"],
  app: ["sync", "agent", "analytics", "supabase", "mcp-server", "inngest"],
};

/** The doors wire what the inner folders ask for by interface; they alone may reach across. */
const doors = new Set(["app/_server/deps.ts", "mcp-server/deps.ts", "inngest/deps.ts"]);

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

const importPattern = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(importPattern)].flatMap(([, specifier = ""]) => {
    if (specifier.startsWith("@/")) return [specifier.slice(2)];
    if (specifier.startsWith(".")) return [relative(root, resolve(root, dirname(file), specifier))];
    return [];
  });
}

/** A test may start the sandbox and the test database: it stands in for the outside world. */
function mayImport(folder: string, file: string, target: string): boolean {
  const inside = (prefix: string) =>
    target === prefix || target.startsWith(`${prefix}/`) || target.startsWith(`${prefix}.`);
  if (inside(folder) || doors.has(file)) return true;
  if (
    /\.test\.tsx?$|\/testing\/|\.bench\.ts$/.test(file) &&
    (inside("sandbox") || /\/testing(\/|$)/.test(target))
  )
    return true;
  return (allowed[folder] ?? []).some(inside);
}

describe("import rules between folders", () => {
  for (const folder of Object.keys(allowed)) {
    it(`keeps ${folder} inside its layer`, () => {
      const wrong = sourceFiles(folder).flatMap((file) =>
        importsOf(file)
          .filter((target) => (target.split("/")[0] ?? "") in allowed || target.startsWith("scripts"))
          .filter((target) => !mayImport(folder, file, target))
          .map((target) => `${file} imports ${target}`),
      );
      expect(
        wrong,
        `${folder} may import ${allowed[folder]?.join(", ") || "libraries only"}. Declare an interface where it is used and let a door (app/_server/deps.ts, mcp-server/deps.ts, inngest/deps.ts) supply it.`,
      ).toEqual([]);
    });
  }
});
