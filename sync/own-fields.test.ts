import { expect, it } from "vitest";
import { createSandbox } from "@/sandbox/sandbox";
import { createKeapClient } from "./keap/client";
import { findOrMakeOwnFields, ownFieldsAmong, ownLabels } from "./own-fields";
import { keapUrl, unlimited } from "./testing/world";

function open() {
  const sandbox = createSandbox({ contacts: 5, seed: 3, now: "2026-11-01T12:00:00Z", limits: "off" });
  const keap = createKeapClient({
    baseUrl: keapUrl,
    auth: { kind: "token", token: sandbox.token },
    quota: unlimited,
    fetch: (input, init) => sandbox.fetch(new Request(input, init)),
    maxAttempts: 1,
  });
  const ours = () =>
    [...sandbox.account.customFields.values()].filter(
      (one) => one.record_type === "CONTACT" && Object.values<string>(ownLabels).includes(String(one.label)),
    );
  return { keap, ours };
}

it("makes both fields once for two runs", async () => {
  const { keap, ours } = open();
  // both look before either has made anything
  const [one, other] = await Promise.all([
    findOrMakeOwnFields(keap, "contacts"),
    findOrMakeOwnFields(keap, "contacts"),
  ]);
  expect(ours()).toHaveLength(2);
  expect(one).toEqual(other);
  expect(await findOrMakeOwnFields(keap, "contacts")).toEqual(one);
});

it("chooses the older of two alike", () => {
  const field = (id: string) => ({
    id,
    label: ownLabels.id,
    field_name: `f${id}`,
    field_type: "TEXT",
    record_type: "CONTACT",
  });
  expect(ownFieldsAmong([field("12"), field("9")]).id?.id).toBe("9");
});
