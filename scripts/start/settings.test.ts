import { describe, expect, it } from "vitest";
import { startSettingsSchema } from "./settings";

/** The variables a refused environment complains about, each with its message. */
function complaints(env: Record<string, string>): Record<string, string> {
  const result = startSettingsSchema.safeParse(env);
  return Object.fromEntries(result.error?.issues.map((issue) => [issue.path.join("."), issue.message]) ?? []);
}

describe("settings of npm start", () => {
  it("needs nothing to start everything embedded", () => {
    expect(startSettingsSchema.parse({})).toMatchObject({ PORT: 3000, KEAPSAKE_HOST: "127.0.0.1" });
  });

  it("names the variable and the cure", () => {
    expect(complaints({ PORT: "http" })).toEqual({
      PORT: '"http" is not a port: use a whole number from 1 to 65535.',
    });
    expect(complaints({ KEAP_BASE_URL: "keap" }).KEAP_BASE_URL).toContain("https://api.infusionsoft.com");
  });

  it("refuses half of a Supabase project", () => {
    const wrong = complaints({ SUPABASE_URL: "https://x.supabase.co" });
    expect(Object.keys(wrong).sort()).toEqual([
      "KEAPSAKE_ENCRYPTION_KEY",
      "SUPABASE_PUBLISHABLE_KEY",
      "SUPABASE_SECRET_KEY",
    ]);
    expect(wrong.KEAPSAKE_ENCRYPTION_KEY).toContain("openssl rand -base64 32");
  });

  it("refuses one Inngest key without the other", () => {
    expect(Object.keys(complaints({ INNGEST_EVENT_KEY: "a" }))).toEqual(["INNGEST_SIGNING_KEY"]);
    expect(Object.keys(complaints({ INNGEST_SIGNING_KEY: "a" }))).toEqual(["INNGEST_EVENT_KEY"]);
  });

  it("treats an empty variable as unset", () => {
    const empty = { KEAP_TOKEN: "", SUPABASE_URL: "", KEAPSAKE_URL: "", KEAPSAKE_KEAP_PACE: "", PORT: "" };
    expect(startSettingsSchema.parse(empty)).toEqual(startSettingsSchema.parse({}));
  });
});
