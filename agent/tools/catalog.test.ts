import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Principal, Role } from "@/supabase/contract/principal";
import { toolList, tools } from "./catalog";
import type { ToolContext } from "./context";
import { isOffered, runTool, type ToolDefinition } from "./define-tool";
import { ToolError } from "./errors";
import { groupScope, mayUse } from "./rights";

function principal(role: Role, over: Partial<Principal> = {}): Principal {
  return {
    account_id: "00000000-0000-4000-8000-000000000001",
    user_id: null,
    role,
    scopes: [],
    via: "session",
    ...over,
  };
}

const names = (who: Principal) => toolList.filter((tool) => mayUse(tool, who)).map(({ name }) => name);

describe("the tool catalogue", () => {
  for (const tool of toolList) {
    it(`declares ${tool.name} completely`, () => {
      expect(tools).toHaveProperty(tool.name, tool);
      expect(tool.title.length).toBeGreaterThan(3);
      expect(tool.description, "says when to use it, with an example").toMatch(/Example/);
      expect(Object.keys(tool.annotations).sort()).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
      ]);
      const input = z.toJSONSchema(tool.input, { io: "input" });
      expect(input).toMatchObject({ type: "object", additionalProperties: false });
      expect(z.toJSONSchema(tool.output)).toMatchObject({ type: "object" });
    });
  }

  it("offers nothing that decides a proposal", () => {
    for (const { name, input } of toolList) {
      expect(name).not.toMatch(/approve|reject|execute|confirm/);
      const schema = JSON.stringify(z.toJSONSchema(input, { io: "input" }));
      // A value to filter by may be "approved"; nothing that can be set is called so.
      expect(schema, name).not.toMatch(/"(?:approv|reject|decide|decision|confirm|execute)\w*":/);
    }
  });

  it("writes nothing but own things and proposals", () => {
    const writing = toolList.filter(({ annotations }) => !annotations.readOnlyHint).map(({ name }) => name);
    expect(writing).toEqual([
      "pin_chart",
      "save_question",
      "create_segment",
      "create_alert",
      "set_goal",
      "propose_tags",
      "propose_update",
      "propose_outreach",
    ]);
  });

  it("opens tools by role", () => {
    expect(names(principal("admin"))).toEqual(toolList.map(({ name }) => name));
    expect(names(principal("analyst"))).toEqual(toolList.map(({ name }) => name));
    expect(names(principal("viewer"))).toEqual([
      "list_metrics",
      "describe_metric",
      "query_metric",
      "cohort",
      "shape",
      "explain_change",
      "forecast",
      "list_boards",
      "get_board",
      "list_goals",
      "sync_status",
    ]);
  });

  it("narrows a key by scopes and groups", () => {
    const key = (scopes: string[]) => names(principal("admin", { via: "mcp_key", scopes }));
    expect(key([])).toEqual([]);
    expect(key(["nonsense"])).toEqual([]);
    expect(key(["read"])).not.toContain("propose_tags");
    expect(key(["read", "propose"])).toEqual(toolList.map(({ name }) => name));
    expect(key(["read", groupScope("boards")])).toEqual([
      "list_boards",
      "get_board",
      "saved_questions",
      "list_goals",
    ]);
    expect(key(["read", groupScope("unknown")])).toEqual([]);
  });

  it("offers nothing of a group switched off", async () => {
    const context = {
      principal: principal("admin"),
      account: { settings: { tool_groups_off: ["crm"] } },
    } as unknown as ToolContext;
    expect(isOffered(tools.find_contacts as unknown as ToolDefinition, context)).toBe(false);
    expect(isOffered(tools.query_metric as unknown as ToolDefinition, context)).toBe(true);
    await expect(runTool(tools.find_contacts, { search: "x" }, context)).rejects.toThrow(/switched off/);
    // A list nobody can read is taken for the strictest.
    const broken = {
      ...context,
      account: { settings: { tool_groups_off: ["crn"] } },
    } as unknown as ToolContext;
    expect(isOffered(tools.query_metric as unknown as ToolDefinition, broken)).toBe(false);
  });

  it("refuses by rights before it looks at anything", async () => {
    const context = { principal: principal("viewer") } as ToolContext;
    await expect(runTool(tools.find_contacts, { search: "x" }, context)).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("shows viewers no custom fields of people", async () => {
    const context = { principal: principal("viewer"), account: {} } as unknown as ToolContext;
    for (const query of [
      { metrics: ["contacts"], dimensions: ["field:Date of birth"] },
      { metrics: ["contacts"], filters: { and: [{ not: { field: "Passport", is: ["x"] } }] } },
      { metrics: ["contacts"], filters: { in_segment: ["Ill"] } },
    ])
      await expect(runTool(tools.query_metric, { query }, context), JSON.stringify(query)).rejects.toThrow(
        /not open to the role "viewer"/,
      );
  });

  it("names the field that is wrong", async () => {
    const context = { principal: principal("admin") } as ToolContext;
    await expect(runTool(tools.find_contacts, { limit: 5_000, filter: "x" }, context)).rejects.toThrow(
      /limit|filter/,
    );
  });

  it("hides unexpected errors behind our words", async () => {
    const reported: unknown[] = [];
    const context = {
      principal: principal("admin"),
      db: {
        from: () => {
          throw new Error("password=hunter2");
        },
      },
      report: (error: unknown) => reported.push(error),
    } as unknown as ToolContext;
    const error = await runTool(tools.list_boards, {}, context).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToolError);
    expect(String(error)).not.toContain("hunter2");
    expect(reported).toHaveLength(1);
  });
});
