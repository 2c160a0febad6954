import { Target } from "lucide-react";
import type { Metadata } from "next";
import { standingInWords } from "@/agent/goals";
import type { Standing } from "@/analytics/goals/goal";
import { listMetrics } from "@/analytics/metrics/catalog";
import { Badge, Card, EmptyState, Page, PageHeader } from "../../_components/surface";
import { type FollowedGoal, listGoals } from "../../_server/goals";
import { requireSession } from "../../_server/session";
import { DeleteGoal } from "./_components/delete-goal";
import { NewGoal } from "./_components/new-goal";
import { ProgressBar } from "./_components/progress-bar";

export const metadata: Metadata = { title: "Goals" };

export default async function GoalsPage() {
  const session = await requireSession();
  const all = await listGoals(session);
  const canEdit = session.principal.role !== "viewer";
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: session.account.time_zone }).format(new Date());
  const [running, over] = [
    // What is decided soonest comes first.
    all.filter(({ ends_on }) => ends_on >= today).reverse(),
    all.filter(({ ends_on }) => ends_on < today),
  ];
  const metrics = listMetrics().map(({ id, label, unit, better }) => ({ id, label, unit, better }));
  return (
    <Page>
      <PageHeader
        title="Goals"
        description="Targets for a number between two days, and how they stand now. Charts of the same number over the same days draw the line."
        actions={canEdit && <NewGoal metrics={metrics} today={today} currency={session.account.currency} />}
      />
      {all.length === 0 && (
        <EmptyState icon={Target} title="No goal is set">
          {canEdit
            ? "Set one here, or ask for it: “set a goal of 50k revenue for December”."
            : "Administrators and analysts set goals."}
        </EmptyState>
      )}
      {running.length > 0 && <GoalList goals={running} canEdit={canEdit} />}
      {over.length > 0 && (
        <section className={running.length > 0 ? "mt-8" : ""}>
          <h2 className="mb-2 text-sm font-semibold">Over</h2>
          <GoalList goals={over} canEdit={canEdit} />
        </section>
      )}
    </Page>
  );
}

const tones: Record<Standing, "positive" | "negative" | "warning" | "neutral"> = {
  not_begun: "neutral",
  on_course: "positive",
  behind: "warning",
  met: "positive",
  missed: "negative",
  unknown: "neutral",
};

function GoalList({ goals, canEdit }: { goals: FollowedGoal[]; canEdit: boolean }) {
  return (
    <Card>
      <ul className="divide-y divide-line">
        {goals.map(({ id, name, aims, said, progress, direction }) => (
          <li key={id} className="flex items-start gap-x-4 px-4 py-4">
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                {name}
                {progress && (
                  <Badge tone={tones[progress.standing]}>{standingInWords[progress.standing]}</Badge>
                )}
              </p>
              <p className="mt-0.5 text-[13px] text-muted">{aims}</p>
              {progress && progress.share !== null && (
                <ProgressBar
                  label={`${name}: ${said}`}
                  share={progress.share}
                  elapsed={progress.expected === null ? null : progress.elapsed}
                  tone={
                    direction === "at_most" && progress.standing === "met"
                      ? "positive"
                      : tones[progress.standing]
                  }
                />
              )}
              {progress?.standing !== "not_begun" && (
                <p className={`mt-1.5 text-[13px] ${progress ? "" : "text-negative"}`}>{said}</p>
              )}
              {progress?.notes.map((note) => (
                <p key={note} className="mt-0.5 text-xs text-muted">
                  {note}
                </p>
              ))}
            </div>
            {canEdit && <DeleteGoal id={id} name={name} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}
