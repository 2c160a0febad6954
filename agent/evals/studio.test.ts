import { describe, expect, it } from "vitest";
import { converse } from "../testing/offline";
import { studioContext } from "../testing/studio";
import { goneOnCases } from "./cases-gone-on";
import { listedStudioCases } from "./cases-listed-studio";
import { personStudioCases } from "./cases-persons-studio";
import { studioCases } from "./cases-studio";
import { studioEverydayCases } from "./cases-studio-everyday";
import { gradeReply } from "./grade";

describe("the offline analyst and a business with plans, users and advertising", () => {
  const context = studioContext();
  for (const { wordings, before = [], expected } of [
    ...studioCases,
    ...studioEverydayCases,
    ...listedStudioCases,
    ...personStudioCases,
    ...goneOnCases,
  ])
    for (const wording of wordings)
      it([...before, wording].join(" → "), () => {
        const reply = converse([...before, wording], context);
        expect(gradeReply(reply, expected), JSON.stringify(reply.kind === "say" ? reply : reply.calls)).toBe(
          "right",
        );
      });
});
