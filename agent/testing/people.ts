import type { TestUser } from "@/supabase/testing/database";
import type { World } from "./context";

export interface SmallWorld {
  world: World;
  admin: TestUser;
  /** Ids of Ann, Bob and Cid. */
  ids: { ann: string; bob: string; cid: string };
}

/** Three people, the tag VIP on Ann, and a published campaign with a goal and a sequence. */
export async function smallWorld(world: World): Promise<SmallWorld> {
  const [ann = "", bob = "", cid = ""] = await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", family_name: "Lee", email: "ann@example.test", job_title: "Potter" },
    { keap_id: 2, given_name: "Bob", email: "bob@example.test" },
    { keap_id: 3, given_name: "Cid", email: "cid@example.test" },
  ]);
  await world.insert("tags", [{ keap_id: 9, name: "VIP" }]);
  await world.insert("contact_tags", [
    { contact_keap_id: 1, tag_keap_id: 9, applied_at: "2026-01-01T00:00:00Z" },
  ]);
  await world.insert("campaigns", [
    {
      keap_id: 70,
      name: "Win Back",
      is_published: true,
      goals: [{ id: "701", name: "Ask to come back", type: "API" }],
      sequences: [{ id: "702", name: "We miss you" }],
    },
    {
      keap_id: 71,
      name: "Old",
      is_published: false,
      goals: [],
      sequences: [{ id: "711", name: "Invitation" }],
    },
  ]);
  const admin = await world.database.signUp({ account_id: world.account.id, role: "admin" });
  return { world, admin, ids: { ann, bob, cid } };
}
