import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay } from "@/analytics/testing/sell";
import { contextFor, openWorlds } from "../testing/context";
import type { ToolContext } from "../tools/context";
import { runTool } from "../tools/define-tool";
import { describeSchemaTool } from "../tools/describe-schema";
import { runSqlTool } from "../tools/run-sql";
import { readableViews } from "./allowed";
import { bypasses, harmless } from "./bypasses";
import { checkSelect } from "./check-select";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let context: ToolContext;
/** What the tool handed to the database. */
const sent: string[] = [];

beforeAll(async () => {
  worlds = await openWorlds();
  const world = await worlds.world();
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", email: "ann@example.test" },
    { keap_id: 2, given_name: "Bob" },
  ]);
  await pay(world, [{ keap_id: 1, contact: 1, at: "2026-02-10T15:00:00Z", amount: 12_345 }]);
  const other = await worlds.world();
  await other.insert("contacts", [{ keap_id: 1, given_name: "Stranger" }]);
  const real = await contextFor(world);
  context = {
    ...real,
    door: (sql, params, principal) => {
      sent.push(sql);
      return real.door(sql, params, principal);
    },
  };
});
afterAll(() => worlds.stop());

describe("the gate in front of ad-hoc SQL", () => {
  it("knows more than a hundred bypasses", () => {
    expect(bypasses.length).toBeGreaterThan(100);
  });

  it("lets none of them reach the database", async () => {
    sent.length = 0;
    const through: string[] = [];
    for (const sql of bypasses) {
      const refused = await runTool(runSqlTool, { sql }, context).then(
        () => false,
        () => true,
      );
      if (!refused) through.push(sql);
    }
    expect(through).toEqual([]);
    expect(sent).toEqual([]);
  });

  for (const sql of harmless) {
    it(`runs ${sql.slice(0, 50)}`, async () => {
      await checkSelect(sql);
      await expect(runTool(runSqlTool, { sql }, context)).resolves.toMatchObject({
        label: "ad-hoc SQL, not a registered metric",
      });
    });
  }

  it("sees the rows of its own account only", async () => {
    const answer = await runTool(runSqlTool, { sql: "select name from contacts order by name" }, context);
    expect(answer.rows).toEqual([{ name: "Ann" }, { name: "Bob" }]);
  });

  it("refuses a plan that would make too many rows", async () => {
    const bomb = `select count(*) from ${Array.from({ length: 7 }, (_, index) => `payments p${index}`).join(", ")}, contacts a, contacts b, contacts c`;
    const planner = async () => ({ total_cost: 1e12, plan_rows: 1, largest_node_rows: 1e12 });
    sent.length = 0;
    await expect(runTool(runSqlTool, { sql: bomb }, { ...context, planner })).rejects.toThrow(
      /too many rows/,
    );
    expect(sent).toEqual([]);
  });

  it("tells a wrong column in our words", async () => {
    await expect(runTool(runSqlTool, { sql: "select nothing from contacts" }, context)).rejects.toThrow(
      /describe_schema/,
    );
  });

  it("is closed to viewers", async () => {
    await expect(
      runTool(
        runSqlTool,
        { sql: "select 1 from orders" },
        { ...context, principal: { ...context.principal, role: "viewer" } },
      ),
    ).rejects.toThrow(/not open to the role/);
  });

  it("describes views that really are there", async () => {
    for (const view of Object.keys(readableViews)) {
      const { views } = await runTool(describeSchemaTool, { view }, context);
      expect(views[0]?.columns?.length, view).toBeGreaterThan(1);
    }
  });
});
