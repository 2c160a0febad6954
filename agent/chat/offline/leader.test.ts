import { expect, it } from "vitest";
import { testContext } from "@/agent/testing/offline";
import { type PastCall, remember } from "./memory";
import { plan } from "./plan";

const context = testContext();

/** Behind one answered question, whose rows are these. */
function behind(question: string, rows: Record<string, unknown>[], next: string) {
  const first = plan(question, {}, context);
  if (first.kind !== "call") throw new Error(`${question} was not understood: ${first.text}`);
  const calls: PastCall[] = first.calls.map((call) => ({ ...call, turn: 0, output: { result: { rows } } }));
  return plan(next, remember(calls), context);
}

it.each(["why", "what drove it", "what made the difference"])(
  "explains the best month behind the best month ever: %s",
  (next) => {
    const reply = behind(
      "what was our best month ever",
      [{ time: "2026-01-01" }, { time: "2025-10-01" }],
      next,
    );
    expect(reply.kind === "call" && reply.calls).toMatchObject([
      {
        tool: "explain_change",
        input: { range: { from: "2026-01-01", to: "2026-01-31" }, comparison: "previous_period" },
      },
    ]);
  },
);

it("takes a whole quarter for one", () => {
  const reply = behind("best quarter by revenue ever", [{ time: "2025-10-01" }], "why");
  expect(reply.kind === "call" && reply.calls[0]?.input.range).toEqual({
    from: "2025-10-01",
    to: "2025-12-31",
  });
});

it("explains no change of all time, which nothing came before", () => {
  const reply = behind("revenue ever", [{ revenue_collected: 1 }], "why");
  expect(reply).toMatchObject({ kind: "say", topic: "clarify" });
});
