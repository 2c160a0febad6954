"use client";

import { KeyRound, Plus } from "lucide-react";
import { type FormEvent, useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { CopyButton } from "../../../_components/copy-button";
import { Dialog } from "../../../_components/dialog";
import { Field, Input, Select } from "../../../_components/field";
import { Badge, Card } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { formatInstant } from "../../../_lib/format";
import type { ApiKey } from "../../../_server/account-settings";
import { createKey, revokeKey } from "../actions";

type Role = "admin" | "analyst" | "viewer";
const levels: Role[] = ["viewer", "analyst", "admin"];

/** The keys, one line each, and a dialog that makes one and shows it once. */
export function Keys({
  keys,
  ownRole,
  zone,
  address,
}: {
  keys: ApiKey[];
  ownRole: Role;
  zone: string;
  address: string;
}) {
  const [making, setMaking] = useState(false);
  const [pending, start] = useTransition();
  const notify = useToast();
  const revoke = (id: string) =>
    start(async () => {
      const { ok, message } = await revokeKey(id);
      notify(message, ok ? "success" : "error");
    });
  return (
    <Card>
      {keys.length === 0 && <p className="px-5 pt-5 text-sm text-muted">No key yet.</p>}
      <ul className="divide-y divide-line">
        {keys.map((key) => (
          <li key={key.id} className="flex flex-wrap items-center gap-3 px-5 py-3 text-sm">
            <KeyRound aria-hidden className="size-4 text-muted" />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{key.name}</p>
              <p className="text-xs text-muted">
                <code className="font-mono">{key.prefix}…</code> · {key.role} ·{" "}
                {key.scopes.join(", ") || "no scope"} ·{" "}
                {key.last_used_at ? `used ${formatInstant(key.last_used_at, zone)}` : "never used"}
                {key.expires_at && ` · ends ${formatInstant(key.expires_at, zone)}`}
              </p>
            </div>
            {key.revoked_at ? (
              <Badge>Revoked</Badge>
            ) : (
              <Button
                size="small"
                variant="danger"
                disabled={pending}
                onClick={() => revoke(key.id)}
                aria-label={`Revoke ${key.name}`}
              >
                Revoke
              </Button>
            )}
          </li>
        ))}
      </ul>
      {ownRole !== "viewer" && (
        <div className="p-5">
          <Button onClick={() => setMaking(true)}>
            <Plus aria-hidden className="size-4" /> New key
          </Button>
        </div>
      )}
      {making && <NewKey ownRole={ownRole} address={address} onClose={() => setMaking(false)} />}
    </Card>
  );
}

const scopes = [
  { value: "read", label: "Read numbers and records" },
  { value: "propose", label: "Propose changes, which wait for approval" },
] as const;

function NewKey({ ownRole, address, onClose }: { ownRole: Role; address: string; onClose: () => void }) {
  const [made, setMade] = useState<string>();
  const [error, setError] = useState<string>();
  const [pending, start] = useTransition();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wanted = {
      name: String(form.get("name")),
      role: form.get("role") as Role,
      scopes: form.getAll("scope") as ("read" | "propose")[],
      days: form.get("days") as "90",
    };
    start(async () => {
      const answer = await createKey(wanted);
      if (answer.ok) setMade(answer.key);
      else setError(answer.message);
    });
  }
  if (made) {
    return (
      <Dialog
        open
        onClose={onClose}
        title="Copy the key now"
        description="It is stored as a hash only and cannot be shown again."
      >
        <div className="flex items-center gap-2 rounded-md bg-sunken p-3">
          <code className="min-w-0 flex-1 font-mono text-xs break-all">{made}</code>
          <CopyButton text={made} label="Copy the key" />
        </div>
        <p className="mt-3 text-[13px] text-muted">
          Server address for an MCP client: <code className="font-mono break-all text-ink">{address}</code>
        </p>
        <div className="mt-4 flex justify-end">
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title="New API key">
      <form onSubmit={submit} className="space-y-4">
        <Field label="Name" htmlFor="key-name">
          <Input id="key-name" name="name" required maxLength={200} placeholder="Claude on my laptop" />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Role" htmlFor="key-role">
            <Select id="key-role" name="role" defaultValue={ownRole === "admin" ? "analyst" : ownRole}>
              {levels.slice(0, levels.indexOf(ownRole) + 1).map((role) => (
                <option key={role}>{role}</option>
              ))}
            </Select>
          </Field>
          <Field label="Ends" htmlFor="key-days">
            <Select id="key-days" name="days" defaultValue="90">
              <option value="30">in 30 days</option>
              <option value="90">in 90 days</option>
              <option value="365">in a year</option>
              <option value="never">never</option>
            </Select>
          </Field>
        </div>
        <fieldset className="space-y-2 text-sm">
          <legend className="mb-1 text-[13px] font-medium">It may</legend>
          {scopes.map(({ value, label }) => (
            <label key={value} className="flex items-center gap-2">
              <input
                type="checkbox"
                name="scope"
                value={value}
                defaultChecked
                className="size-4 accent-(--accent)"
              />
              {label}
            </label>
          ))}
        </fieldset>
        {error && (
          <p role="alert" className="text-sm text-negative">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={pending}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
