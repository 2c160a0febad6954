"use client";

import { type FormEvent, useRef, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Field, Input, Select } from "../../../_components/field";
import { Badge, Card } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import type { Member } from "../../../_server/account-settings";
import { type ActionResult, removeMember, setMember } from "../actions";

const roles = ["admin", "analyst", "viewer"] as const;

/** Who belongs to the account, and as what. */
export function Members({ members, self }: { members: Member[]; self: string | null }) {
  const [pending, start] = useTransition();
  const notify = useToast();
  const form = useRef<HTMLFormElement>(null);
  const run = (work: () => Promise<ActionResult>) =>
    start(async () => {
      const { ok, message } = await work();
      notify(message, ok ? "success" : "error");
      if (ok) form.current?.reset();
    });
  function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    run(() => setMember(String(data.get("email")), String(data.get("role"))));
  }
  return (
    <Card>
      <ul className="divide-y divide-line">
        {members.map(({ user_id, email, role }) => (
          <li key={user_id} className="flex flex-wrap items-center gap-3 px-5 py-2.5 text-sm">
            <span className="min-w-0 flex-1 truncate">
              {email}
              {user_id === self && <Badge className="ml-2">you</Badge>}
            </span>
            <Select
              aria-label={`Role of ${email}`}
              value={role}
              disabled={pending || !email}
              onChange={(event) => run(() => setMember(email ?? "", event.target.value))}
              className="h-8 w-28"
            >
              {roles.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
            <Button
              size="small"
              variant="ghost"
              disabled={pending || user_id === self}
              onClick={() => run(() => removeMember(user_id))}
              aria-label={`Remove ${email}`}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <form ref={form} onSubmit={add} className="flex flex-wrap items-end gap-3 border-t border-line p-5">
        <Field label="Add somebody who has signed up" htmlFor="member-email" className="min-w-52 flex-1">
          <Input id="member-email" name="email" type="email" required placeholder="name@company.com" />
        </Field>
        <Field label="Role" htmlFor="member-role" className="w-28">
          <Select id="member-role" name="role" defaultValue="analyst">
            {roles.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        </Field>
        <Button type="submit" busy={pending}>
          Add
        </Button>
      </form>
    </Card>
  );
}
