import type { Json } from "@/sync/mapping/types";
import type { ConflictRecord } from "@/sync/operations/conflicts";
import type { DeadLetter, SetAside } from "@/sync/operations/dead-letters";
import type { Erasure, ErasurePreview } from "@/sync/operations/erase/erase";
import type { FirstLinkPlan } from "@/sync/operations/first-link/first-link";
import type { PlannedChange, Preview } from "@/sync/operations/preview";
import type { UndoPlan } from "@/sync/operations/undo/undo";
import type { VerifyResult } from "@/sync/operations/verify/verify";

/** What the commands say to a person; with `--json` they print the same facts as data. */

const tableName = (entity: string): string => entity.replaceAll("_", " ");

export function shown(value: Json | undefined): string {
  if (value === null || value === undefined || value === "") return "nothing";
  return typeof value === "string" ? `"${value}"` : JSON.stringify(value);
}

function cut<T>(items: readonly T[], say: (item: T) => string, limit = 20): string[] {
  const lines = items.slice(0, limit).map(say);
  return items.length > limit ? [...lines, `  … and ${items.length - limit} more (--json shows all)`] : lines;
}

export function describeConflicts(conflicts: readonly ConflictRecord[], held: number): string {
  if (conflicts.length === 0) return "No conflict waits for a decision.";
  return [
    `${held} held. Decide with: npm run sync -- resolve ID --with keap|supabase, or --value "…"`,
    ...cut(conflicts, (one) =>
      [
        `${one.conflict_id}  ${one.field} of ${one.name} (${tableName(one.entity)} ${one.keap_id ?? "not in Keap"}), ${one.state}`,
        `  before  ${shown(one.base)}`,
        `  Keap    ${shown(one.keap)}${by(one.keap_changed_by, one.keap_changed_at)}`,
        `  here    ${shown(one.supabase)}${by(one.supabase_changed_by, one.supabase_changed_at)}`,
      ].join("\n"),
    ),
  ].join("\n");
}

const by = (who: string | null, when: string | null): string =>
  who || when ? `   (${[who, when].filter(Boolean).join(", ")})` : "";

export function describeLetters(letters: readonly DeadLetter[], aside: readonly SetAside[]): string {
  if (letters.length + aside.length === 0) return "Nothing was refused.";
  return [
    ...cut(
      letters,
      (one) =>
        `${one.dead_letter_id}  ${one.class}  ${one.name} (${tableName(one.entity)}): ${one.reason}${one.cure ? `\n  ${one.cure}` : ""}`,
    ),
    ...cut(aside, (one) => `set aside  ${one.entity} ${one.key}: ${one.reason}`),
    "Try again with: npm run sync -- replay [ID], or replay --set-aside",
  ].join("\n");
}

export function describePreview(preview: Preview): string {
  const { to_keap, from_keap, held, held_batches, conflicts, calls } = preview;
  if (preview.error) return [preview.error, preview.cure].filter(Boolean).join("\n");
  return [
    `To Keap: ${to_keap.length}. From Keap: ${from_keap.length}. Cost: ${calls.total} calls (${calls.reads} reads, ${calls.writes} writes).`,
    ...cut(to_keap, (one) => `  → ${changeLine(one)}`),
    ...cut(from_keap, (one) => `  ← ${changeLine(one)}`),
    ...conflicts.map(
      (one) =>
        `  conflict  ${one.entity} ${one.field}: Keap ${shown(one.keap)}, here ${shown(one.supabase)} → ${one.decision}`,
    ),
    ...held.map((one) => `  held  ${one.name ?? one.record_id}: ${one.reason}`),
    ...held_batches.map((one) => `  waits for an admin  ${one.reason}`),
  ].join("\n");
}

function changeLine({ action, entity, name, keap_id, changes }: PlannedChange): string {
  const fields = Object.entries(changes)
    .slice(0, 4)
    .map(([field, value]) =>
      Array.isArray(value) && action !== "create"
        ? `${field}: ${shown(value[0])} → ${shown(value[1])}`
        : `${field}: ${shown(value)}`,
    );
  const more = Object.keys(changes).length - fields.length;
  return `${action} ${tableName(entity)} ${name ?? keap_id ?? ""}  ${fields.join(", ")}${more > 0 ? `, ${more} more` : ""}`;
}

export function describeUndo(plan: UndoPlan): string {
  return [
    `${plan.records} records in that time: ${plan.edits.length} go back, ${plan.members.length} memberships go back, ${plan.refused.length} cannot. Cost: ${plan.calls} calls.`,
    ...cut(
      plan.edits,
      (one) =>
        `  ${one.name} (${tableName(one.entity)} ${one.keap_id ?? ""})  ${one.changes.map((change) => `${change.field}: ${shown(change.now)} → ${shown(change.back)}`).join(", ")}`,
    ),
    ...cut(plan.members, (one) => `  ${one.name}: tag ${one.present ? "put on again" : "taken off again"}`),
    ...cut(
      plan.refused,
      (one) => `  not undone  ${one.name}${one.field ? ` ${one.field}` : ""}: ${one.reason}`,
    ),
  ].join("\n");
}

export function describeVerify(result: VerifyResult): string {
  if (result.error) return [result.error, result.cure].filter(Boolean).join("\n");
  const verdict = result.verified
    ? `Both sides match: ${result.compared} records compared, nothing unexplained.`
    : result.unexplained > 0
      ? `The two sides differ: ${result.unexplained} records without an explanation.`
      : result.not_copied.length > 0
        ? `Not yet known: ${result.not_copied.map(tableName).join(", ")} not copied to the end.`
        : "Not yet known: the comparison is not through. Run it again to go on.";
  return [
    verdict,
    `On their way: ${result.in_flight} · held: ${result.conflict_held} · excluded by policy: ${result.excluded} · unexplained: ${result.unexplained} · ${result.calls} calls`,
    ...result.tables.map(
      (one) =>
        `  ${one.entity.padEnd(28)} ${one.compared} compared${one.finished ? "" : `, of about ${one.total}, not through`}${one.unexplained > 0 ? `, ${one.unexplained} unexplained` : ""}`,
    ),
    ...cut(
      result.mismatches.filter((one) => one.class === "unexplained"),
      (one) => `  ! ${one.entity} ${one.key}: ${one.detail.why} ${one.fields.join(", ")}`,
    ),
  ].join("\n");
}

export function describeFirstLink({ rows, people, links, ambiguous, alone, calls }: FirstLinkPlan): string {
  if (rows === 0) return "Every row here is linked to a record in Keap.";
  return [
    `${rows} rows without a record in Keap, compared with ${people} people (${calls} calls): ${links.length} match, ${ambiguous.length} need a decision, ${alone.length} are new and will be made in Keap.`,
    ...cut(links, (one) => `  ${one.name} is Keap's ${one.keap_id}, by ${one.by}`),
    ...cut(
      ambiguous,
      (one) =>
        `  ? ${one.name} (${one.record_id}): ${one.reason} ${one.candidates.map((other) => `${other.keap_id} ${other.name}`).join(", ")}`,
    ),
  ].join("\n");
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([entity, n]) => `${n} ${tableName(entity)}`)
    .join(", ") || "nothing";

export function describeErasurePreview(preview: ErasurePreview, inKeap: boolean): string {
  const { name, email, keap_id, counts, merged, mentions, shared, in_keap } = preview;
  return [
    `To be forgotten: ${name}${email ? ` <${email}>` : ""}, ${keap_id === null ? "not in Keap" : `contact ${keap_id} in Keap`}${merged > 0 ? `, with ${merged} merged into them` : ""}.`,
    `Emptied or taken away: ${counted(counts)}. Orders and payments stay as numbers.`,
    "Searched for their address, number and name: chats, proposals, boards, notifications, the log, the index.",
    ...(mentions > 0
      ? [`${mentions} notes or tasks of other people name them. They are in Keap too: edit them there.`]
      : []),
    ...(shared > 0
      ? [
          `${shared} of their addresses, numbers or names belong to somebody else as well, and stay with them.`,
        ]
      : []),
    in_keap && !inKeap
      ? "Keap keeps the contact; it does not come back from there. Add --in-keap to delete it there as well."
      : in_keap
        ? "The contact is deleted in Keap as well."
        : "Keap does not have the contact any more.",
  ].join("\n");
}

export function describeErasure({ counts, keap_state, keap_error, keap_id }: Erasure): string {
  const inKeap = {
    kept: "Keap was not asked to delete the contact.",
    waiting: `Keap has still to delete contact ${keap_id}${keap_error ? ` (${keap_error})` : ""}: tried again by itself.`,
    deleted: "Keap does not have the contact any more.",
    refused: `Keap refused to delete contact ${keap_id}: ${keap_error}. Delete it in Keap.`,
  };
  return `Erased: ${counted(counts)}.\n${inKeap[keap_state]}`;
}
