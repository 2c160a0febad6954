import { expect, it } from "vitest";
import { actionInWords, actorInWords, targetPath } from "./audit-words";

it.each([
  ["proposal.approved", "approved a proposal"],
  ["proposal.created", "suggested a proposal"],
  ["api_key.revoked", "revoked an API key"],
  ["account.updated", "updated the account's settings"],
  ["alerts.deleted", "deleted an alert"],
  ["signed_in", "signed in"],
  ["new_thing.made", "made new thing"],
])("says %s in words", (action, words) => expect(actionInWords(action)).toBe(words));

it("says who", () => {
  const emails = new Map([["u1", "ann@example.test"]]);
  expect(actorInWords("user:u1", emails)).toBe("ann@example.test");
  expect(actorInWords("user:u2", emails)).toBe("Someone no longer a member");
  expect(actorInWords("agent:chat", emails)).toBe("The analyst (chat)");
  expect(actorInWords("service", emails)).toBe("Keapsake");
});

it("leads to what was changed", () => {
  expect(targetPath("proposal:p1")).toBe("/approvals/p1");
  expect(targetPath("api_key:k1")).toBeNull();
  expect(targetPath(null)).toBeNull();
});
