import { describe, expect, it } from "vitest";
import type { Principal } from "@/supabase/contract/principal";
import type { RpcClient } from "./door";
import { openTogether } from "./together";

const analyst: Principal = { account_id: "one", user_id: null, role: "analyst", scopes: [], via: "cli" };
const viewer: Principal = { ...analyst, role: "viewer" };
const question = (query: string) => ({ query, params: [], rollups: [] });

/** A database that answers each question with its own text, except those that fail; calls end when they are let go. */
function recorded() {
  const calls: { name: string; role: string; queries: string[] }[] = [];
  const held: (() => void)[] = [];
  const service: RpcClient = {
    rpc: async (name, args) => {
      const { asked, query, principal } = args as {
        asked?: { query: string }[];
        query: string;
        principal: Principal;
      };
      const queries = asked?.map((each) => each.query) ?? [query];
      calls.push({ name, role: principal.role, queries });
      await new Promise<void>((go) => held.push(go));
      const answers = queries.map((each) =>
        each === "wrong" ? { error: { code: "42P01", message: "no such table" } } : { rows: [each] },
      );
      return { data: asked ? answers : answers[0], error: null };
    },
  };
  const turn = () => new Promise<void>((next) => setTimeout(next, 1));
  return {
    service,
    calls,
    async letGo() {
      await turn();
      for (const go of held.splice(0)) go();
      await turn();
    },
  };
}

describe("questions asked together", () => {
  it("shares calls among what one person asks in one turn, three questions to a call", async () => {
    const database = recorded();
    const ask = openTogether(database.service);
    const answers = Promise.all(Array.from({ length: 14 }, (_, at) => ask(question(`q${at}`), analyst)));
    await database.letGo();
    await database.letGo();
    expect((await answers).map(({ data }) => data)).toEqual(
      Array.from({ length: 14 }, (_, at) => ({ rows: [`q${at}`] })),
    );
    expect(database.calls.map(({ queries }) => queries.length)).toEqual([3, 3, 3, 3, 2]);
  });

  it("asks a question by itself in a call of its own", async () => {
    const database = recorded();
    const answer = openTogether(database.service)(question("q"), analyst);
    await database.letGo();
    expect(await answer).toEqual({ data: { rows: ["q"] }, error: null });
    expect(database.calls.map(({ name }) => name)).toEqual(["run_rolled_query"]);
  });

  it("never puts questions of two people into one call", async () => {
    const database = recorded();
    const ask = openTogether(database.service);
    const answers = Promise.all(
      ["a", "b", "c", "d"].map((each, at) => ask(question(each), at % 2 ? viewer : analyst)),
    );
    await database.letGo();
    await answers;
    expect(database.calls.map(({ role, queries }) => [role, ...queries]).sort()).toEqual([
      ["analyst", "a"],
      ["analyst", "c"],
      ["viewer", "b"],
      ["viewer", "d"],
    ]);
  });

  it("fails a question alone, and all of a call that fails", async () => {
    const database = recorded();
    const ask = openTogether(database.service);
    const some = Promise.all(["a", "b", "c", "d", "e", "wrong"].map((each) => ask(question(each), analyst)));
    await database.letGo();
    expect(await some).toEqual([
      { data: { rows: ["a"] }, error: null },
      { data: { rows: ["b"] }, error: null },
      { data: { rows: ["c"] }, error: null },
      { data: { rows: ["d"] }, error: null },
      { data: { rows: ["e"] }, error: null },
      { data: null, error: { code: "42P01", message: "no such table" } },
    ]);
    const broken: RpcClient = { rpc: async () => ({ data: null, error: { message: "gone" } }) };
    const askBroken = openTogether(broken);
    const failed = await Promise.all(["a", "b", "c", "d"].map((each) => askBroken(question(each), analyst)));
    expect(failed).toEqual(Array.from({ length: 4 }, () => ({ data: null, error: { message: "gone" } })));
  });
});
