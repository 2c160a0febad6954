import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { querySchema } from "@/analytics/query/query";
import { contextFor, openWorlds } from "../testing/context";
import { evaluateQuestion } from "./run-evaluation";
import { dropStaleAnswers, findVerified, fingerprintOf } from "./verified-answers";

let worlds: Awaited<ReturnType<typeof openWorlds>>;

beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const query = querySchema.parse({ metrics: ["orders"], range: { preset: "this_year" } });

describe("verified answers", () => {
  it("mean the query, however it is written", () => {
    const same = querySchema.parse({ range: { preset: "this_year" }, dimensions: [], metrics: ["orders"] });
    expect(fingerprintOf(same)).toBe(fingerprintOf(query));
    const other = querySchema.parse({ ...query, range: { preset: "this_month" } });
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(query));
  });

  it("are an admin's own, and lose the badge", async () => {
    const world = await worlds.world();
    const admin = await world.database.signUp({ account_id: world.account.id, role: "admin" });
    const analyst = await world.database.signUp({ account_id: world.account.id, role: "analyst" });
    const verify = (who: typeof admin, fingerprint: string) =>
      who.client.rpc("verify_answer", {
        p_account: world.account.id,
        p_question: "orders this year",
        p_query: query,
        p_fingerprint: fingerprint,
      });
    expect((await verify(analyst, fingerprintOf(query))).error?.code).toBe("42501");
    await verify(admin, fingerprintOf(query));
    const look = () => findVerified([query], { db: analyst.client, account_id: world.account.id });
    expect((await look()).get(fingerprintOf(query))?.question).toBe("orders this year");
    expect(await dropStaleAnswers(world.database.service)).toBe(0);
    // As after the metric was defined anew: the stored fingerprint is not today's.
    await world.database.sql(
      "update public.verified_answers set fingerprint = 'of the old definition' where account_id = $1",
      [world.account.id],
    );
    expect((await look()).size).toBe(0);
    expect(await dropStaleAnswers(world.database.service)).toBe(1);
    const [row] = await world.database.sql(
      "select status, stale_reason from public.verified_answers where account_id = $1",
      [world.account.id],
    );
    expect(row).toEqual({
      status: "stale",
      stale_reason: "The definition of a metric changed since it was checked.",
    });
  });
});

describe("the account's own evaluation", () => {
  it("grades by the query that was checked", async () => {
    const context = await contextFor(await worlds.world());
    const grade = async (question: string, expected: unknown) =>
      (await evaluateQuestion({ question, expected }, { context })).grade;
    expect(await grade("orders this year", { query })).toBe("right");
    expect(await grade("orders this month", { query })).toBe("wrong");
    expect(await grade("what is the weather", { query })).toBe("refused");
    expect(await grade("orders this year", {})).toBe("unknown");
  });
});
