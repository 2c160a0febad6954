import { describe, expect, it } from "vitest";
import { converse } from "../testing/offline";
import { shapeCases } from "./cases-shapes";
import { gradeReply } from "./grade";

describe("the offline analyst and shapes", () => {
  for (const { wordings, before = [], expected } of shapeCases)
    for (const wording of wordings)
      it([...before, wording].join(" → "), () => {
        const reply = converse([...before, wording]);
        expect(gradeReply(reply, expected), JSON.stringify(reply.kind === "say" ? reply : reply.calls)).toBe(
          "right",
        );
      });
});
