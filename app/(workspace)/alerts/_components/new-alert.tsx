"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input, Select } from "../../../_components/field";
import { useToast } from "../../../_components/toast";
import { createAlert } from "../actions";

const conditions = [
  ["below", "is below"],
  ["above", "is above"],
  ["falls", "falls by (percent)"],
  ["rises", "rises by (percent)"],
  ["unusual", "is out of the ordinary"],
  ["digest", "always: a digest"],
] as const;

/** Makes an alert: a number, a condition, how often. */
export function NewAlert({ metrics, email }: { metrics: { id: string; label: string }[]; email: string }) {
  const [open, setOpen] = useState(false);
  const [when, setWhen] = useState<string>("below");
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  const notify = useToast();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    start(async () => {
      const { ok, message } = await createAlert(form);
      if (!ok) return setError(message);
      setOpen(false);
      setError(undefined);
      notify(message);
    });
  }
  const needsValue = when !== "unusual" && when !== "digest";
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <Plus aria-hidden className="size-4" /> New alert
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="New alert"
        description="Looked at when a day, week or month is over; a sum above its line already before."
      >
        <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
          <Field label="Number" htmlFor="alert-metric" className="sm:col-span-2">
            <Select id="alert-metric" name="metric" defaultValue="orders">
              {metrics.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Tell me when it" htmlFor="alert-when">
            <Select id="alert-when" name="when" value={when} onChange={({ target }) => setWhen(target.value)}>
              {conditions.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={when === "falls" || when === "rises" ? "Percent" : "Line"} htmlFor="alert-value">
            <Input
              id="alert-value"
              name="value"
              inputMode="decimal"
              required={needsValue}
              disabled={!needsValue}
              placeholder={needsValue ? "5" : "not needed"}
            />
          </Field>
          <Field label="In a" htmlFor="alert-period">
            <Select id="alert-period" name="period" defaultValue="week">
              <option value="day">day</option>
              <option value="week">week</option>
              <option value="month">month</option>
            </Select>
          </Field>
          <Field label="E-mail to (if you like)" htmlFor="alert-email">
            <Input id="alert-email" name="email" type="email" multiple placeholder={email} />
          </Field>
          <Field
            label="Webhook (if you like)"
            htmlFor="alert-webhook"
            error={error}
            className="sm:col-span-2"
          >
            <Input id="alert-webhook" name="webhook" type="url" placeholder="https://hooks.example.com/…" />
          </Field>
          <div className="flex justify-end gap-2 sm:col-span-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={pending}>
              Make the alert
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
