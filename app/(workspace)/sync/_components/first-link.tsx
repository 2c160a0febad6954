"use client";

import { useState, useTransition } from "react";
import type { FirstLinkPlan } from "@/sync/operations/first-link/first-link";
import { Button } from "../../../_components/button";
import { Card } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { formatCount, plural } from "../../../_lib/format";
import { linkRow, linkRows, planLinks } from "../actions";
import { Section, useAct } from "./parts";
import { RecordLink } from "./record-link";

const shown = 50;
const signs: Readonly<Record<string, string>> = {
  marker: "our id in Keap",
  email: "the e-mail address",
  phone: "the phone number",
};

/** People that were here before the sync, and people in Keap before it: planned, looked at, then linked. */
export function FirstLinkPanel({ onDone }: { onDone: () => void }) {
  const notify = useToast();
  const [plan, setPlan] = useState<FirstLinkPlan | null>(null);
  const [planning, start] = useTransition();
  const look = () =>
    start(async () => {
      const answer = await planLinks();
      if (answer.ok) setPlan(answer.value);
      else notify(answer.message, "error");
    });
  const { pending, act } = useAct(() => {
    setPlan(null);
    onDone();
  });
  return (
    <Section
      title="Link people that were here before"
      note="Rows without a record in Keap are compared with Keap's people by our id, e-mail address and phone. Where one sign means several people, you decide."
      action={
        <Button size="small" busy={planning} onClick={look}>
          {plan ? "Compare again" : "Compare"}
        </Button>
      }
    >
      {plan && (
        <Card className="space-y-3 p-4 text-[13px]">
          <p>
            {plan.rows === 0
              ? "Every person here is linked to a record in Keap."
              : `${plural(plan.rows, "row")} without a record in Keap, compared with ${plural(plan.people, "person", "people")}: ${formatCount(plan.links.length)} match, ${formatCount(plan.ambiguous.length)} need you, ${formatCount(plan.alone.length)} are new and are made in Keap by the next push.`}
          </p>
          {plan.links.length > 0 && (
            <>
              <ul className="max-h-60 space-y-1 overflow-y-auto rounded-md bg-sunken px-3 py-2">
                {plan.links.slice(0, shown).map((one) => (
                  <li key={one.record_id} className="break-words">
                    <RecordLink entity="contacts" id={one.record_id}>
                      <span className="font-medium">{one.name}</span>
                    </RecordLink>{" "}
                    <span className="text-muted">
                      is contact {one.keap_id} in Keap, by {signs[one.by] ?? one.by}
                    </span>
                  </li>
                ))}
                {plan.links.length > shown && (
                  <li className="text-muted">and {formatCount(plan.links.length - shown)} more</li>
                )}
              </ul>
              <Button variant="primary" busy={pending} onClick={() => act(() => linkRows(plan.links.length))}>
                Link {formatCount(plan.links.length)}
              </Button>
            </>
          )}
          {plan.ambiguous.length > 0 && (
            <ul className="divide-y divide-line">
              {plan.ambiguous.slice(0, shown).map((one) => (
                <li key={one.record_id} className="space-y-1.5 py-2.5">
                  <p>
                    <RecordLink entity="contacts" id={one.record_id}>
                      <span className="font-medium">{one.name}</span>
                    </RecordLink>{" "}
                    <span className="text-muted">{one.reason}</span>
                  </p>
                  <div className="flex flex-wrap gap-2">
                    {one.candidates.map((other) => (
                      <Button
                        key={other.keap_id}
                        size="small"
                        busy={pending}
                        onClick={() => act(() => linkRow(one.record_id, other.keap_id))}
                      >
                        It is {other.name} ({other.keap_id})
                      </Button>
                    ))}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Card>
      )}
    </Section>
  );
}
