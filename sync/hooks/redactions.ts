import { confirmGone, MassDelete, type Reading } from "../inbound/reread";
import { isKeapError, KeapError } from "../keap/errors";
import { erasePerson } from "../operations/erase/erase";
import type { HookStore } from "./store";

/**
 * Keap says that these people are to be forgotten. A body is never believed: each contact is read again, and only who
 * Keap does not have any more, or shows without anything the person is known by, is erased here. Whom Keap shows as
 * before is looked at again later, and a person is told.
 * @throws MassDelete where so many are gone at once that somebody must look first.
 */
export async function redactPeople(
  reading: Reading,
  hooks: HookStore,
  ids: readonly number[],
): Promise<void> {
  const { keap, store, accountId, runId } = reading.context;
  const gone: number[] = [];
  const redacted: number[] = [];
  const doubted: number[] = [];
  for (const id of ids) {
    try {
      const shown = await keap.contacts.get(String(id));
      (await hooks.showsPerson(accountId, id, shown)) ? doubted.push(id) : redacted.push(id);
    } catch (cause) {
      if (!isKeapError(cause) || cause.kind !== "not_found") throw cause;
      gone.push(id);
    }
  }
  if (redacted.length > 0 && !(await store.guardGone(accountId, "contacts", redacted, runId)).allowed)
    throw new MassDelete(redacted.length, "contacts");
  // what else follows from a contact that is gone, before nothing is known of it any more
  await confirmGone(reading, "contacts", await hooks.known(accountId, "contacts", gone));
  const linked = await store.linkedRows(accountId, "contacts", [...gone, ...redacted]);
  for (const record of Object.values(linked))
    await erasePerson({ rpc: hooks.rpc, accountId, keap, actor: "keap" }, record, {
      cause: "redacted_in_keap",
    });
  const [first] = doubted;
  if (first === undefined) return;
  for (const id of doubted) await hooks.doubtRedaction(accountId, id);
  throw new KeapError({
    kind: "conflict",
    operation: "GET /v2/contacts/{contact_id}",
    message: `Keap said that contact ${first} is to be forgotten, but shows them as before. Nobody was erased for it.`,
  });
}
