import { isKeapError } from "../../keap/errors";
import { type OperationDeps, Refusal } from "../deps";

/** Where the erasure of one person stands. */
export interface Erasure {
  record_id: string;
  keap_id: number | null;
  cause: "asked" | "redacted_in_keap";
  asked_by: string;
  erased_at: string;
  /** Rows emptied or taken away, by table. */
  counts: Record<string, number>;
  /** Tables whose free texts are still to be searched. */
  tables_left: number;
  finished_at: string | null;
  /** `kept`: nobody asked to delete the person in Keap as well. */
  keap_state: "kept" | "waiting" | "deleted" | "refused";
  keap_error: string | null;
}

export interface ErasurePreview {
  record_id: string;
  keap_id: number | null;
  name: string;
  email: string | null;
  in_keap: boolean;
  /** Other ids of the same person, merged into this one. */
  merged: number;
  counts: Record<string, number>;
  /** Notes and tasks of other people that name the person: they are Keap's as well, and stay. */
  mentions: number;
  /** Addresses, numbers or names that somebody else has too: left alone in other people's records and in free texts. */
  shared: number;
  erased: Erasure | null;
}

export interface FoundPerson {
  record_id: string;
  keap_id: number | null;
  name: string;
  email: string | null;
  deleted: boolean;
}

type Deps = Pick<OperationDeps, "rpc" | "accountId" | "actor" | "keap">;
type ReadDeps = Pick<OperationDeps, "rpc" | "accountId">;

/**
 * The one person meant by our id, Keap's id or an e-mail address.
 * @throws Refusal where there is none, or more than one.
 */
export async function findPerson({ rpc, accountId }: ReadDeps, which: string): Promise<FoundPerson> {
  const found = await rpc<FoundPerson[]>("sync_find_people", { p_account: accountId, p_which: which });
  const [person, ...others] = found;
  if (!person)
    throw new Refusal(
      `There is nobody with the id or address "${which}" here. Erased people have no address any more: name them by id.`,
    );
  if (others.length > 0)
    throw new Refusal(
      `${found.length} people have the address "${which}": name one by Keap's id (${found.map((one) => one.keap_id ?? one.record_id).join(", ")}).`,
    );
  return person;
}

/** What erasing the person would touch; changes nothing. */
export const previewErasure = ({ rpc, accountId }: ReadDeps, recordId: string): Promise<ErasurePreview> =>
  rpc("sync_erase_preview", { p_account: accountId, p_contact: recordId });

/**
 * Forgets a person here: rows, history, index, what other pages say about them. What Keap still knows does not come
 * back; with `inKeap` the contact is deleted there as well. Asked twice, or interrupted, it comes to the same.
 * @throws Refusal where there is no such person, or who asks is no admin.
 */
export async function erasePerson(
  deps: Deps,
  recordId: string,
  { inKeap = false, cause = "asked" as Erasure["cause"] } = {},
): Promise<Erasure> {
  const erasure = await deps.rpc<Erasure>("sync_erase", {
    p_account: deps.accountId,
    p_contact: recordId,
    p_actor: deps.actor,
    p_cause: cause,
    p_in_keap: inKeap,
  });
  return finish(deps, erasure);
}

/** Goes on with erasures that were interrupted, or that Keap could not carry out yet. */
export async function resumeErasures(deps: Deps): Promise<Erasure[]> {
  const open = await deps.rpc<Erasure[]>("sync_erasures_open", { p_account: deps.accountId });
  const done: Erasure[] = [];
  for (const one of open) done.push(await finish(deps, one));
  return done;
}

async function finish(deps: Deps, begun: Erasure): Promise<Erasure> {
  const { rpc, accountId } = deps;
  let erasure = begun;
  // a table a call: no call grows long, and a killed one is begun again
  while (erasure.finished_at === null)
    erasure = await rpc<Erasure>("sync_erase_next", { p_account: accountId, p_contact: erasure.record_id });
  if (erasure.keap_state !== "waiting" || erasure.keap_id === null) return erasure;
  return { ...erasure, ...(await deleteInKeap(deps, erasure)) };
}

/** Deleting what is gone already is done: so the call may be repeated at any point. */
async function deleteInKeap(
  { rpc, accountId, keap }: Deps,
  { record_id, keap_id }: Erasure,
): Promise<Pick<Erasure, "keap_state" | "keap_error">> {
  let outcome: Pick<Erasure, "keap_state" | "keap_error"> = { keap_state: "deleted", keap_error: null };
  try {
    await keap.contacts.delete(String(keap_id));
  } catch (cause) {
    if (!isKeapError(cause)) throw cause;
    if (cause.kind !== "not_found")
      outcome = {
        keap_state: cause.callerCanFix && cause.kind !== "auth" ? "refused" : "waiting",
        keap_error: cause.message,
      };
  }
  await rpc("sync_note_erased_in_keap", {
    p_account: accountId,
    p_contact: record_id,
    p_state: outcome.keap_state,
    p_error: outcome.keap_error,
  });
  return outcome;
}
