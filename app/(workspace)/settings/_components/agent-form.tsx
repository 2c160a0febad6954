"use client";

import Link from "next/link";
import { useActionState } from "react";
import { Button } from "../../../_components/button";
import { Card } from "../../../_components/surface";
import { saveAgent } from "../actions";

const groups = [
  ["analytics", "Numbers"],
  ["boards", "Boards and alerts"],
  ["crm", "People and proposals"],
  ["knowledge", "Notes, e-mails and documents"],
  ["keap", "Live look-ups in Keap"],
  ["sync", "State of the sync"],
  ["sql", "Ad-hoc SQL"],
] as const;

/** What the analyst may use and what a model provider may see. */
export function AgentForm({ masked, off, canEdit }: { masked: boolean; off: string[]; canEdit: boolean }) {
  const [result, action, pending] = useActionState(saveAgent, null);
  return (
    <Card className="p-5">
      <form action={action} key={`${masked} ${off.join()}`}>
        <fieldset disabled={!canEdit} className="space-y-5">
          <label className="flex items-start gap-3 text-sm">
            <input
              type="checkbox"
              name="mask"
              defaultChecked={masked}
              className="mt-0.5 size-4 accent-(--color-accent)"
            />
            <span>
              Hide people from the model provider
              <span className="block text-[13px] text-muted">
                Names, e-mail addresses and phone numbers are replaced before a chat leaves for the provider,
                and put back in the answer.
              </span>
            </span>
          </label>
          <div>
            <p className="text-[13px] font-medium">Tools of the analyst and of MCP clients</p>
            <div className="mt-2 grid gap-2 sm:grid-cols-2">
              {groups.map(([group, label]) => (
                <label key={group} className="flex items-center gap-2.5 text-sm">
                  <input
                    type="checkbox"
                    name="group"
                    value={group}
                    defaultChecked={!off.includes(group)}
                    className="size-4 accent-(--color-accent)"
                  />
                  {label}
                </label>
              ))}
            </div>
          </div>
        </fieldset>
        <div className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-3">
          {canEdit && (
            <Button type="submit" variant="primary" busy={pending}>
              Save
            </Button>
          )}
          <Link href="/settings/knowledge" className="text-[13px] text-accent hover:underline">
            Documents it may search
          </Link>
          <Link href="/settings/evaluation" className="text-[13px] text-accent hover:underline">
            Evaluation
          </Link>
          {result && (
            <p role="status" className={`text-[13px] ${result.ok ? "text-positive" : "text-negative"}`}>
              {result.message}
            </p>
          )}
        </div>
      </form>
    </Card>
  );
}
