import type { DatabaseSide } from "./database-side";

/**
 * Calls a careful engine seldom makes, so that random histories seldom bring them: outcomes for a version that is gone, a
 * page that was read long ago, an edit between claim and outcome. Both stores must answer them alike.
 */
export async function provoke(side: DatabaseSide): Promise<void> {
  const { store, accountId } = side;
  const view = await side.view();
  const row = view.rows.contacts.find((one) => one.keap_id !== null && !one.deleted);
  if (!row) return;
  const key = String(row.keap_id);
  const stale = { record_id: row.id, version: row.version - 1, key, keap_id: row.keap_id };
  const seen = {
    key,
    keap_id: row.keap_id,
    created_at: null,
    updated_at: "2026-10-02T00:00:00.000Z",
    values: { given_name: "Provoked", family_name: "By a page" },
  };

  // an outcome for a version that is gone changes nothing …
  await store.settle(
    accountId,
    "contacts",
    [
      {
        ...stale,
        base: { given_name: "Lost" },
        patch: { given_name: "Lost" },
        status: "synced",
        mark: "clear",
      },
    ],
    null,
  );
  // … but for what Keap has taken of us
  await store.settle(
    accountId,
    "contacts",
    [
      {
        ...stale,
        base: { given_name: "Lost" },
        acknowledged: { given_name: "Acknowledged" },
        patch: { given_name: "Lost" },
        status: "synced",
        mark: "clear",
        journal: [{ direction: "out", action: "update", origin: "sql", changes: {} }],
      },
    ],
    null,
  );
  // read before the last agreement: passed over
  await store.applyPage(accountId, "contacts", [seen], { readAt: "2020-01-01T00:00:00.000Z" });
  // edited between the claim and its outcome
  await side.update("contacts", row.id, { given_name: "Edited" });
  await side.advance(11 * 60_000);
  const claimed = await store.claimDirty(accountId, "contacts", 100, "provoker");
  const mine = claimed.find((one) => one.record_id === row.id);
  await side.update("contacts", row.id, { family_name: "Edited again" });
  if (mine)
    await store.settle(
      accountId,
      "contacts",
      [
        {
          ...stale,
          version: mine.version,
          base: { given_name: "Edited" },
          status: "synced",
          mark: "clear",
          clean: true,
        },
      ],
      null,
    );
  // a page about an edited row is planned, one about an untouched row is stored
  await store.applyPage(accountId, "contacts", [seen]);
  const other = view.rows.contacts.find((one) => one.id !== row.id && one.keap_id !== null && !one.deleted);
  if (other) {
    const page = { ...seen, key: String(other.keap_id), keap_id: other.keap_id };
    await store.applyPage(accountId, "contacts", [{ ...page, members: [1] }]);
    await store.applyPage(accountId, "contacts", [{ ...page, members: [] }]);
    await store.applyPage(accountId, "contacts", [
      { ...page, members: [1], values: { given_name: "Again" } },
    ]);
  }
  for (const link of (await side.view()).links.slice(0, 2))
    await store.settleMembers(
      accountId,
      [
        {
          contact_id: link.contact_id,
          tag_id: link.tag_id,
          version: link.version + 1,
          in_keap: link.present,
          status: "error",
          mark: "dead",
          letter: { class: "dead", reason: "Provoked" },
        },
      ],
      null,
    );
}
