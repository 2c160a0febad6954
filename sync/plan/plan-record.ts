/** What is known of a record on one side. `unknown` is never `gone`: not seen does not mean deleted. */
export type Presence = "here" | "gone" | "unknown";

export interface Existence {
  /** There is a base: both sides once agreed that the record exists. */
  based: boolean;
  keap: Presence;
  supabase: Presence;
  /** The side changed since the base. */
  keapChanged: boolean;
  supabaseChanged: boolean;
  /** Keap merged the record into another. */
  mergedInto?: string | null;
  /** How many records of the other side carry the same natural key (first link). */
  matches?: number;
}

export interface ExistenceSwitches {
  creates: boolean;
  deletes: boolean;
}

export type ExistencePlan =
  | { do: "nothing"; why: string }
  | { do: "create_supabase" }
  | { do: "create_keap" }
  | { do: "adopt" }
  | { do: "merge_fields" }
  | { do: "tombstone_supabase" }
  | { do: "restore_supabase" }
  | { do: "delete_keap" }
  | { do: "drop_base" }
  | { do: "redirect"; into: string }
  | { do: "hold"; why: string };

/** What to do about a record that exists on one side, both, or no longer. Pure and total. */
export function planExistence(state: Existence, switches: ExistenceSwitches): ExistencePlan {
  if (state.mergedInto) return { do: "redirect", into: state.mergedInto };
  if (state.keap === "unknown" || state.supabase === "unknown") {
    return { do: "nothing", why: "One side was not seen; that is not the same as gone." };
  }
  const k = state.keap === "here";
  const p = state.supabase === "here";
  if (!state.based) {
    if (k && p)
      return (state.matches ?? 1) > 1
        ? { do: "hold", why: "Several records match: a person must say which one it is." }
        : { do: "adopt" };
    if (k) return { do: "create_supabase" };
    if (!p) return { do: "nothing", why: "It exists on neither side." };
    return switches.creates
      ? { do: "create_keap" }
      : {
          do: "hold",
          why: "Creating records of this kind in Keap is switched off. Switch it on in the sync settings, or delete the row.",
        };
  }
  if (k && p) return { do: "merge_fields" };
  if (!k && !p) return { do: "drop_base" };
  if (p) {
    return state.supabaseChanged
      ? { do: "hold", why: "Deleted in Keap while it was edited here. Decide which side is right." }
      : { do: "tombstone_supabase" };
  }
  if (state.keapChanged) return { do: "restore_supabase" };
  return switches.deletes
    ? { do: "delete_keap" }
    : { do: "hold", why: "Deleted here, kept in Keap: deleting in Keap is switched off." };
}
