import type { Metadata } from "next";
import { Page, PageHeader } from "../../_components/surface";
import { requireSession } from "../../_server/session";
import { readSyncStatus } from "../../_server/sync-status";
import { SyncActions } from "./_components/sync-actions";
import { SyncView } from "./_components/sync-view";

export const metadata: Metadata = { title: "Sync" };

export default async function SyncPage() {
  const session = await requireSession();
  const status = await readSyncStatus(session);
  const isAdmin = session.principal.role === "admin";
  return (
    <Page>
      <PageHeader
        title="Sync"
        description="What moves between Keap and your database, in both directions."
        actions={isAdmin && <SyncActions initial={status} />}
      />
      <SyncView initial={status} zone={session.account.time_zone} isAdmin={isAdmin} />
    </Page>
  );
}
