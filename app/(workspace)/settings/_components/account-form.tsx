"use client";

import { useActionState } from "react";
import { Button } from "../../../_components/button";
import { Field, Input, Select } from "../../../_components/field";
import { Card } from "../../../_components/surface";
import { saveAccount } from "../actions";

type Account = { name: string; time_zone: string; currency: string; week_start: number };

/** Name, zone, currency and the first day of the week. */
export function AccountForm({
  account,
  zones,
  canEdit,
}: {
  account: Account;
  zones: string[];
  canEdit: boolean;
}) {
  const [result, action, pending] = useActionState(saveAccount, null);
  return (
    <Card className="p-5">
      <form action={action}>
        <fieldset disabled={!canEdit} className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" htmlFor="account-name" className="sm:col-span-2">
            <Input
              id="account-name"
              name="name"
              required
              maxLength={200}
              key={account.name}
              defaultValue={account.name}
            />
          </Field>
          <Field label="Time zone" htmlFor="account-zone">
            <Select
              id="account-zone"
              name="time_zone"
              key={account.time_zone}
              defaultValue={account.time_zone}
            >
              {zones.map((zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll("_", " ")}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Currency" htmlFor="account-currency">
            <Input
              id="account-currency"
              name="currency"
              required
              pattern="[A-Z]{3}"
              title="Three capital letters, such as USD"
              key={account.currency}
              defaultValue={account.currency}
            />
          </Field>
          <Field label="Weeks start on" htmlFor="account-week">
            <Select
              id="account-week"
              name="week_start"
              key={account.week_start}
              defaultValue={account.week_start === 0 ? "0" : "1"}
            >
              <option value="1">Monday</option>
              <option value="0">Sunday</option>
            </Select>
          </Field>
        </fieldset>
        {canEdit && (
          <div className="mt-5 flex items-center gap-3">
            <Button type="submit" variant="primary" busy={pending}>
              Save
            </Button>
            {result && (
              <p role="status" className={`text-[13px] ${result.ok ? "text-positive" : "text-negative"}`}>
                {result.message}
              </p>
            )}
          </div>
        )}
      </form>
    </Card>
  );
}
