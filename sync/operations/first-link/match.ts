import { canonical } from "../../plan/canonical";

/** A row here that no record of Keap is linked to, with what it can be known by. */
export interface UnlinkedRow {
  record_id: string;
  name: string;
  emails: readonly string[];
  phones: readonly string[];
}

export interface KeapPerson {
  keap_id: number;
  name: string;
  emails: readonly string[];
  phones: readonly string[];
  /** Our id, where an earlier create left it in Keap. */
  marker: string | null;
}

export type MatchedBy = "marker" | "email" | "phone";

export interface Match {
  record_id: string;
  name: string;
  keap_id: number;
  by: MatchedBy;
}

export interface AmbiguousMatch {
  record_id: string;
  name: string;
  candidates: { keap_id: number; name: string; by: MatchedBy }[];
  reason: string;
}

export interface MatchPlan {
  links: Match[];
  ambiguous: AmbiguousMatch[];
  /** Like nobody in Keap: they are made there. */
  alone: { record_id: string; name: string }[];
}

/**
 * Which rows here are which people in Keap. The surest sign decides: our own id, then an e-mail address, then a phone.
 * It must be one row and one person: two rows for one person, or two people for one row, are for a human. Pure.
 */
export function matchPeople(rows: readonly UnlinkedRow[], people: readonly KeapPerson[]): MatchPlan {
  const signs = signsOf(people);
  const found = rows.map((row) => ({ row, ...strongest(row, signs) }));
  const claims = new Map<number, number>();
  for (const { candidates } of found)
    for (const keap_id of candidates) claims.set(keap_id, (claims.get(keap_id) ?? 0) + 1);
  const names = new Map(people.map((one) => [one.keap_id, one.name]));
  const plan: MatchPlan = { links: [], ambiguous: [], alone: [] };
  for (const { row, by, candidates } of found) {
    const { record_id, name } = row;
    const [only] = candidates;
    if (only === undefined || by === null) plan.alone.push({ record_id, name });
    else if (candidates.length === 1 && (by === "marker" || claims.get(only) === 1))
      plan.links.push({ record_id, name, keap_id: only, by });
    else {
      plan.ambiguous.push({
        record_id,
        name,
        candidates: candidates.map((keap_id) => ({ keap_id, name: names.get(keap_id) ?? "", by })),
        reason:
          candidates.length > 1
            ? `${candidates.length} people in Keap have the same ${words[by]}: a person must say which one it is.`
            : `${claims.get(only)} rows here have the ${words[by]} of one person in Keap: a person must say which one it is.`,
      });
    }
  }
  return plan;
}

const words: Record<MatchedBy, string> = { marker: "id", email: "e-mail address", phone: "phone number" };

type Signs = Record<MatchedBy, Map<string, Set<number>>>;

function signsOf(people: readonly KeapPerson[]): Signs {
  const signs: Signs = { marker: new Map(), email: new Map(), phone: new Map() };
  const note = (kind: MatchedBy, value: string | null, keapId: number) => {
    if (value === null) return;
    const known = signs[kind].get(value);
    if (known) known.add(keapId);
    else signs[kind].set(value, new Set([keapId]));
  };
  for (const one of people) {
    note("marker", one.marker, one.keap_id);
    for (const email of one.emails) note("email", text(email, "email"), one.keap_id);
    for (const phone of one.phones) note("phone", text(phone, "phone"), one.keap_id);
  }
  return signs;
}

function strongest(row: UnlinkedRow, signs: Signs): { by: MatchedBy | null; candidates: number[] } {
  const values: [MatchedBy, (string | null)[]][] = [
    ["marker", [row.record_id]],
    ["email", row.emails.map((one) => text(one, "email"))],
    ["phone", row.phones.map((one) => text(one, "phone"))],
  ];
  for (const [by, keys] of values) {
    const ids = new Set(keys.flatMap((key) => (key === null ? [] : [...(signs[by].get(key) ?? [])])));
    if (ids.size > 0) return { by, candidates: [...ids].sort((a, b) => a - b) };
  }
  return { by: null, candidates: [] };
}

function text(value: string, kind: "email" | "phone"): string | null {
  const form = canonical(value, kind);
  return typeof form === "string" ? form : null;
}
