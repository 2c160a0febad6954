"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input, Select } from "../../../_components/field";
import { useToast } from "../../../_components/toast";
import { setGoal } from "../actions";
import { goalPeriods } from "../periods";

interface Choices {
  metrics: { id: string; label: string; unit: string; better: string }[];
  /** Today in the account's zone, `2026-11-23`. */
  today: string;
  currency: string;
}

const units: Record<string, string> = { ratio: "percent", days: "days", count: "", number: "" };

/** Sets a goal: a number, how much, and the days it is for. */
export function NewGoal({ metrics, today, currency }: Choices) {
  const [open, setOpen] = useState(false);
  const [metric, setMetric] = useState("revenue_collected");
  const periods = goalPeriods(today);
  const [days, setDays] = useState({ from: periods[0]?.from ?? today, to: periods[0]?.to ?? today });
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const { unit = "count", better } = metrics.find(({ id }) => id === metric) ?? {};
  const inUnit = unit === "money" ? currency : units[unit];
  const chosen = periods.find(({ from, to }) => from === days.from && to === days.to)?.label ?? "";
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    start(async () => {
      const { ok, message } = await setGoal(form);
      if (!ok) return setError(message);
      setOpen(false);
      setError(undefined);
      notify(message);
    });
  }
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <Plus aria-hidden className="size-4" /> New goal
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="New goal"
        description="Setting one for the same number and days again changes its target."
      >
        <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
          <Field label="Number" htmlFor="goal-metric" className="sm:col-span-2">
            <Select
              id="goal-metric"
              name="metric"
              value={metric}
              onChange={({ target }) => setMetric(target.value)}
            >
              {metrics.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Should be" htmlFor="goal-direction">
            <Select
              key={better}
              id="goal-direction"
              name="direction"
              defaultValue={better === "down" ? "at_most" : "at_least"}
            >
              <option value="at_least">at least</option>
              <option value="at_most">at most</option>
            </Select>
          </Field>
          <Field label={inUnit ? `Target (${inUnit})` : "Target"} htmlFor="goal-target">
            <Input id="goal-target" name="target" inputMode="decimal" required placeholder="50000" />
          </Field>
          <Field label="For" htmlFor="goal-period" className="sm:col-span-2">
            <Select
              id="goal-period"
              value={chosen}
              onChange={({ target }) => {
                const period = periods.find(({ label }) => label === target.value);
                if (period) setDays({ from: period.from, to: period.to });
              }}
            >
              {periods.map(({ label }) => (
                <option key={label} value={label}>
                  {label}
                </option>
              ))}
              <option value="">other days</option>
            </Select>
          </Field>
          <Field label="From" htmlFor="goal-from">
            <Input
              id="goal-from"
              name="from"
              type="date"
              required
              value={days.from}
              onChange={({ target }) => setDays({ ...days, from: target.value })}
            />
          </Field>
          <Field label="To, included" htmlFor="goal-to">
            <Input
              id="goal-to"
              name="to"
              type="date"
              required
              value={days.to}
              onChange={({ target }) => setDays({ ...days, to: target.value })}
            />
          </Field>
          <Field label="Name (if you like)" htmlFor="goal-name" error={error} className="sm:col-span-2">
            <Input id="goal-name" name="name" maxLength={200} placeholder="Christmas sale" />
          </Field>
          <div className="flex justify-end gap-2 sm:col-span-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={pending}>
              Set the goal
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
