import { describe, expect, it, vi } from "vitest";

vi.mock("server-only", () => ({}));
const { readSettings, SettingsError } = await import("./settings");

const complete = {
  SUPABASE_URL: "http://127.0.0.1:54321",
  SUPABASE_PUBLISHABLE_KEY: "publishable",
  SUPABASE_SECRET_KEY: "secret",
};

describe("settings of the web app", () => {
  it("reads a complete environment", () => {
    expect(readSettings({ ...complete, PATH: "/bin" })).toEqual(complete);
  });

  it("names every missing variable at once", () => {
    const read = () => readSettings({ SUPABASE_URL: "http://127.0.0.1:54321" });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/SUPABASE_PUBLISHABLE_KEY is missing[\s\S]*SUPABASE_SECRET_KEY is missing/);
  });

  it("treats an empty value as missing", () => {
    expect(() => readSettings({ ...complete, SUPABASE_SECRET_KEY: "" })).toThrow(
      /SUPABASE_SECRET_KEY is missing/,
    );
  });

  it("says what an address looks like", () => {
    expect(() => readSettings({ ...complete, SUPABASE_URL: "localhost" })).toThrow(/in full, such as https/);
  });
});
