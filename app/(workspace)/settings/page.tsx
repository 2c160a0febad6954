import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { preferencesOf } from "@/agent/tools/preferences";
import { Page, PageHeader } from "../../_components/surface";
import { listKeys, listMembers } from "../../_server/account-settings";
import { requireSession } from "../../_server/session";
import { getSettings } from "../../_server/settings";
import { AccountForm } from "./_components/account-form";
import { AgentForm } from "./_components/agent-form";
import { Keys } from "./_components/keys";
import { Members } from "./_components/members";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const session = await requireSession();
  const { role, user_id } = session.principal;
  const [members, keys] = await Promise.all([listMembers(session), listKeys(session)]);
  const preferences = preferencesOf({ account: session.account });
  const zones = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  return (
    <Page>
      <PageHeader title="Settings" description={session.account.name} />
      <div className="space-y-10">
        <Part
          title="Account"
          note="Days, weeks and months are cut in this zone; amounts without a currency are taken as this one."
        >
          <AccountForm
            account={session.account}
            zones={[...new Set([session.account.time_zone, ...zones])]}
            canEdit={role === "admin"}
          />
        </Part>
        <Part
          title="Analyst"
          note="The analyst that is built in needs no provider; a language model is set by whoever runs this installation."
        >
          <AgentForm
            masked={preferences.mask_personal_data}
            off={preferences.tool_groups_off}
            canEdit={role === "admin"}
          />
        </Part>
        {role === "admin" && (
          <Part
            title="Members"
            note="Admins approve what goes to Keap, analysts ask and pin, viewers read boards."
          >
            <Members members={members} self={user_id} />
            <Link
              href="/settings/audit"
              className="mt-3 inline-block text-[13px] text-accent hover:underline"
            >
              Audit log: who did what
            </Link>
          </Part>
        )}
        <Part
          title="API keys"
          note="For Claude and other MCP clients. A key has at most your own rights and is shown once."
        >
          <Keys
            keys={keys}
            ownRole={role}
            zone={session.account.time_zone}
            address={`${getSettings().KEAPSAKE_URL ?? ""}/api/mcp`}
          />
        </Part>
      </div>
    </Page>
  );
}

function Part({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <section className="grid gap-x-10 gap-y-4 lg:grid-cols-[16rem_1fr]">
      <div>
        <h2 className="text-[15px] font-semibold">{title}</h2>
        <p className="mt-1 text-[13px] text-pretty text-muted">{note}</p>
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
