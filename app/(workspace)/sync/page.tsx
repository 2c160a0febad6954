import type { Metadata } from "next";
import { entitySpecs } from "@/sync/mapping/entities";
import { policiesFor } from "@/sync/plan/policies";
import { Page } from "../../_components/surface";
import { requireSession } from "../../_server/session";
import { readSyncStatus } from "../../_server/sync-status";
import type { TableSpec } from "./_components/controls";
import { SyncView } from "./_components/sync-view";

export const metadata: Metadata = { title: "Sync" };

export default async function SyncPage() {
  const session = await requireSession();
  const status = await readSyncStatus(session);
  return (
    <Page>
      <SyncView
        initial={status}
        zone={session.account.time_zone}
        role={session.principal.role}
        tables={tableSpecs}
      />
    </Page>
  );
}

/** What holds for every table unless this account has set otherwise. */
const tableSpecs: TableSpec[] = Object.values(entitySpecs).map(({ entity, outbound, creates, fields }) => {
  const policyOf = policiesFor(entity);
  return {
    entity,
    outbound,
    creates,
    fields: fields.map(({ name, writable }) => ({ name, writable, policy: policyOf(name).policy })),
  };
});
