import type { Metadata } from "next";
import { Page } from "../../_components/surface";
import { requireSession } from "../../_server/session";
import { readSyncStatus } from "../../_server/sync-status";
import { SyncView } from "./_components/sync-view";

export const metadata: Metadata = { title: "Sync" };

export default async function SyncPage() {
  const session = await requireSession();
  const status = await readSyncStatus(session);
  const isAdmin = session.principal.role === "admin";
  return (
    <Page>
      <SyncView initial={status} zone={session.account.time_zone} isAdmin={isAdmin} />
    </Page>
  );
}
