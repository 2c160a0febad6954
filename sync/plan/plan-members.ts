/** What each side says about one membership (a tag on a contact), and what was last agreed. */
export interface MemberStates {
  base: boolean;
  keap: boolean;
  supabase: boolean;
}

export type MemberPlan =
  | "nothing"
  | "agree"
  | "add_keap"
  | "remove_keap"
  | "add_supabase"
  | "remove_supabase";

/**
 * (B ∪ added in K ∪ added in P) − removed in K − removed in P, for one member. A set cannot conflict: whoever differs
 * from the base has spoken, and when both did they say the same.
 */
export function planMember({ base, keap, supabase }: MemberStates): MemberPlan {
  if (keap === supabase) return keap === base ? "nothing" : "agree";
  if (keap === base) return supabase ? "add_keap" : "remove_keap";
  return keap ? "add_supabase" : "remove_supabase";
}
