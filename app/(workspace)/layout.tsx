import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { SettingsProblem } from "../_components/settings-problem";
import { countOpenProposals } from "../_server/proposals";
import { getSession } from "../_server/session";
import { readSettings, SettingsError } from "../_server/settings";
import { countUnread } from "../_server/watching";
import { Shell } from "./_components/shell";

/** Every page behind the sign-in: navigation at the side, the page beside it. */
export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const problem = findSettingsProblem();
  if (problem) return <SettingsProblem message={problem} />;
  const session = await getSession();
  if (!session) redirect("/sign-in");
  const [waiting, unread] = await Promise.all([countOpenProposals(session), countUnread(session)]);
  return (
    <Shell
      account={session.account.name}
      accounts={session.accounts}
      accountId={session.account.id}
      email={session.email}
      role={session.principal.role}
      waitingApprovals={waiting}
      unreadAlerts={unread}
    >
      {children}
    </Shell>
  );
}

function findSettingsProblem(): string | null {
  try {
    readSettings(process.env);
    return null;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}
