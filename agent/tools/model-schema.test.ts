import Ajv from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../chat/system-prompt";
import { toolList } from "./catalog";
import { homesOf, modelSchema } from "./model-schema";

const homes = homesOf(toolList);
const schemaOf = (name: string, among = homes) =>
  modelSchema(toolList.find((tool) => tool.name === name) as never, among);

describe("what a model is told of the tools", () => {
  it("stays within its budget of tokens", () => {
    const sent = toolList.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: modelSchema(tool, homes),
    }));
    expect(estimateTokens(JSON.stringify(sent))).toBeLessThanOrEqual(9_450);
  });

  it("names every field a tool takes", () => {
    for (const tool of toolList) {
      const { properties = {} } = schemaOf(tool.name);
      const shape = (tool.input as unknown as { shape: Record<string, unknown> }).shape;
      expect(Object.keys(properties).sort(), tool.name).toEqual(Object.keys(shape).sort());
    }
  });

  it("is a schema that the examples in the descriptions satisfy", () => {
    const ajv = addFormats(new Ajv({ strict: false }) as never) as unknown as Ajv;
    for (const tool of toolList) {
      const accepts = ajv.compile(schemaOf(tool.name));
      for (const example of examplesIn(tool.description)) {
        const input = JSON.parse(example.replaceAll('"…"', '"7d6a2c5e-3a52-4b6f-9f0b-2d9d6f3c1a11"'));
        expect(accepts(input), `${tool.name} ${example} ${JSON.stringify(accepts.errors)}`).toBe(true);
        expect(tool.input.safeParse(input).success, `${tool.name} ${example}`).toBe(true);
      }
    }
  });

  it("shows a shared shape once, where the caller may see it", () => {
    expect(JSON.stringify(schemaOf("pin_chart"))).toContain("As query in query_metric.");
    const withoutAnalytics = toolList.filter(({ group }) => group !== "analytics");
    const query = schemaOf("pin_chart", homesOf(withoutAnalytics)).properties?.query;
    expect(query).toMatchObject({ properties: { metrics: { type: "array" } } });
    expect(
      JSON.stringify(
        schemaOf("propose_tags", homesOf([toolList.find(({ name }) => name === "propose_tags") as never])),
      ),
    ).toContain("holding any of them is enough");
  });

  it("points to no definition that is missing", () => {
    for (const tool of toolList) {
      const text = JSON.stringify(schemaOf(tool.name));
      for (const [, name = ""] of text.matchAll(/"#\/\$defs\/([^"]+)"/g))
        expect(schemaOf(tool.name).$defs, tool.name).toHaveProperty(name);
    }
  });

  it("is computed once", () => {
    expect(schemaOf("query_metric")).toBe(schemaOf("query_metric"));
  });
});

/** The JSON objects that stand in a text. */
function examplesIn(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at)) {
    let depth = 0;
    let end = at;
    do {
      if (text[end] === "{") depth++;
      if (text[end] === "}") depth--;
      end++;
    } while (depth > 0 && end < text.length);
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}
