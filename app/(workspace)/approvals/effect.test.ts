import { describe, expect, it } from "vitest";
import { describeEffect, writeEffect, writeReason } from "./effect";

describe("effects of a proposal in words", () => {
  it("names the tag before and after", () => {
    expect(writeEffect({ tags: { "At risk": false } })).toBe("no tag At risk");
    expect(writeEffect({ tags: { "At risk": true }, person: { name: "Ann" } })).toBe("tag At risk");
  });

  it("names changed fields", () => {
    expect(writeEffect({ given_name: "Zoë", email: null })).toBe("given name: Zoë; email: –");
    expect(writeEffect({})).toBe("–");
  });

  it("gives the numbers behind a risk", () => {
    const after = { risk: { days_since: 525.6, gap_days: 30.2, value_minor: 125_800, currency: "USD" } };
    expect(writeReason(after)).toBe("526 days since the last purchase, usually 30 days, $1,258.00 so far");
    expect(writeReason({ tags: { VIP: true } })).toBeNull();
  });
});

describe("what approving would do", () => {
  const id = "5f0c2b8e-8b0a-4a53-9d7e-0d4f6f1a2b3c";
  const tag = (tag_id: string | null, tag_name: string) => ({
    kind: "apply_tag",
    payload: { tag_id, tag_name },
  });

  it("names the tag that will be put", () => {
    expect(describeEffect(tag(id, "VIP"), 1_200, "VIP")).toEqual({
      text: 'Puts the tag "VIP" on 1,200 people.',
      each: "tag VIP",
      problem: null,
    });
    expect(describeEffect(tag(null, "New"), 1, null).text).toBe(
      'Makes the tag "New" and puts it on 1 person.',
    );
  });

  it("trusts the tag, not its old name", () => {
    const effect = describeEffect(tag(id, "Newsletter"), 3, "Lead");
    expect(effect.text).toBe('Puts the tag "Lead" on 3 people.');
    expect(effect.each).toBe("tag Lead");
    expect(effect.problem).toContain('called "Newsletter" when');
    expect(describeEffect(tag(id, "Gone"), 3, null).problem).toContain("no longer exists");
  });

  it("says what each kind of action does", () => {
    const effect = (kind: string, payload: Record<string, unknown>, current: string | null = null) =>
      describeEffect({ kind, payload }, 2, current).text;
    expect(effect("remove_tag", { tag_id: id, tag_name: "VIP" }, "VIP")).toBe(
      'Takes the tag "VIP" off 2 people.',
    );
    expect(effect("update_contact", { changes: { job_title: "Owner" } })).toBe(
      "Sets, for 2 people: job title: Owner.",
    );
    expect(effect("create_task", { title: "Call", due_on: "2026-12-01", user_name: "Dana" })).toBe(
      'Makes the task "Call" about 2 people, due 1 Dec 2026, for Dana.',
    );
    expect(effect("achieve_goal", { goal_name: "Joined", campaign_name: "Welcome" })).toBe(
      'Achieves the goal "Joined" of the campaign "Welcome" for 2 people.',
    );
    expect(effect("add_to_sequence", { sequence_name: "Lessons", campaign_name: "Welcome" })).toBe(
      'Adds 2 people to the sequence "Lessons" of the campaign "Welcome".',
    );
    // A payload that does not hold what its kind needs is not guessed at.
    for (const kind of ["remove_tag", "update_contact", "create_task", "achieve_goal", "add_to_sequence"])
      expect(describeEffect({ kind, payload: {} }, 2, null).problem, kind).toContain("Reject it");
  });

  it("warns of actions it cannot read", () => {
    expect(describeEffect({ kind: "wipe", payload: {} }, 3, null).problem).toContain("Reject it");
  });
});
