"use client";

import { Pause, Play } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "../../../_components/button";
import { Select } from "../../../_components/field";
import { Badge, Card } from "../../../_components/surface";
import { changePolicy, changeSwitches } from "../actions";
import { label, type SyncStatus } from "../status";
import type { StoredPolicy, SwitchRow } from "../status-schema";
import { Head, Section, useAct } from "./parts";

/** What the page knows of a table's defaults, worked out on the server. */
export interface TableSpec {
  entity: string;
  /** Keap takes changes of it. */
  outbound: boolean;
  creates: boolean;
  fields: { name: string; writable: boolean; policy: string }[];
}

/** Pauses, switches and policies. Only an admin changes them. */
export function Controls({
  status,
  tables,
  isAdmin,
  onChanged,
}: {
  status: SyncStatus;
  tables: TableSpec[];
  isAdmin: boolean;
  onChanged: () => void;
}) {
  const { pending, act } = useAct(onChanged);
  const paused = status.switches.some((one) => one.entity === "*" && one.paused);
  return (
    <div className="space-y-6">
      <Section title="The whole account">
        <Card className="flex flex-wrap items-center justify-between gap-3 p-4 text-[13px]">
          <p>
            {paused
              ? "The sync is paused. Edits on both sides are kept and carried over when it goes on."
              : "The sync is running. Pausing it keeps every edit; nothing moves until you resume."}
          </p>
          {isAdmin && (
            <Button
              busy={pending}
              variant={paused ? "primary" : "secondary"}
              onClick={() => act(() => changeSwitches("*", { paused: !paused }))}
            >
              {paused ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
              {paused ? "Resume" : "Pause"}
            </Button>
          )}
        </Card>
      </Section>
      <Switches status={status} tables={tables} isAdmin={isAdmin} onChanged={onChanged} />
      <Policies tables={tables} policies={status.policies} isAdmin={isAdmin} onChanged={onChanged} />
    </div>
  );
}

const names = ["outbound", "creates", "deletes"] as const;

function Switches({
  status,
  tables,
  isAdmin,
  onChanged,
}: {
  status: SyncStatus;
  tables: TableSpec[];
  isAdmin: boolean;
  onChanged: () => void;
}) {
  return (
    <Section
      title="Per kind of record"
      note="What may go to Keap. Deletes are off until you switch them on; kinds without switches are Keap's alone."
    >
      <Card className="overflow-x-auto">
        <table className="w-full text-[13px]">
          <thead className="text-left text-muted">
            <tr>
              <Head>Kind</Head>
              <Head>Changes</Head>
              <Head>New ones</Head>
              <Head>Deletes</Head>
              <Head className="text-right">Sync</Head>
            </tr>
          </thead>
          <tbody>
            {tables.map((table) => {
              const set = status.switches.find((one) => one.entity === table.entity);
              const row = set ?? {
                entity: table.entity,
                paused: false,
                outbound: true,
                creates: table.creates,
                deletes: false,
              };
              return (
                <SwitchLine
                  key={table.entity}
                  table={table}
                  row={row}
                  isAdmin={isAdmin}
                  onChanged={onChanged}
                />
              );
            })}
          </tbody>
        </table>
      </Card>
    </Section>
  );
}

function SwitchLine({
  table,
  row,
  isAdmin,
  onChanged,
}: {
  table: TableSpec;
  row: SwitchRow;
  isAdmin: boolean;
  onChanged: () => void;
}) {
  const { pending, act } = useAct(onChanged);
  return (
    <tr className="border-t border-line">
      <th scope="row" className="px-4 py-2 text-left font-medium">
        {label(table.entity)}
      </th>
      {names.map((name) => (
        <td key={name} className="px-4 py-2">
          {table.outbound ? (
            <input
              type="checkbox"
              className="size-4 accent-accent"
              aria-label={`${name} of ${label(table.entity).toLowerCase()} to Keap`}
              checked={row[name]}
              disabled={!isAdmin || pending}
              onChange={(event) => act(() => changeSwitches(table.entity, { [name]: event.target.checked }))}
            />
          ) : (
            <span className="text-muted">–</span>
          )}
        </td>
      ))}
      <td className="px-4 py-2 text-right whitespace-nowrap">
        {row.paused && (
          <Badge tone="warning" className="mr-2">
            paused
          </Badge>
        )}
        {isAdmin && (
          <Button
            size="small"
            variant="ghost"
            disabled={pending}
            aria-label={`${row.paused ? "Resume" : "Pause"} ${label(table.entity).toLowerCase()}`}
            onClick={() => act(() => changeSwitches(table.entity, { paused: !row.paused }))}
          >
            {row.paused ? "Resume" : "Pause"}
          </Button>
        )}
      </td>
    </tr>
  );
}

const policyWords: Record<StoredPolicy["policy"], string> = {
  keap: "Keap wins",
  supabase: "We win",
  newest: "The newest change wins",
  "set-merge": "Both are merged",
  hold: "A person decides",
};

function Policies({
  tables,
  policies,
  isAdmin,
  onChanged,
}: {
  tables: TableSpec[];
  policies: StoredPolicy[];
  isAdmin: boolean;
  onChanged: () => void;
}) {
  const id = useId();
  const writable = tables.filter((one) => one.outbound);
  const [entity, setEntity] = useState(
    writable.find((one) => one.entity === "contacts")?.entity ?? "contacts",
  );
  const table = writable.find((one) => one.entity === entity);
  const { pending, act } = useAct(onChanged);
  const ownOf = (field: string) =>
    policies.find((one) => one.entity === entity && one.field === field)?.policy;
  if (!table) return null;
  return (
    <Section
      title="When both sides change the same field"
      note="Different fields never collide: they are merged. Set a policy per field; the rest follows the default."
      action={
        <>
          <label htmlFor={id} className="sr-only">
            Kind of record
          </label>
          <Select
            id={id}
            value={entity}
            onChange={(event) => setEntity(event.target.value)}
            className="w-auto"
          >
            {writable.map((one) => (
              <option key={one.entity} value={one.entity}>
                {label(one.entity)}
              </option>
            ))}
          </Select>
        </>
      }
    >
      <Card className="grid gap-x-6 sm:grid-cols-2">
        {table.fields
          .filter((field) => field.writable)
          .map((field) => {
            const own = ownOf(field.name);
            return (
              <div
                key={field.name}
                className="flex items-center justify-between gap-3 px-4 py-1.5 text-[13px]"
              >
                <label htmlFor={`${id}-${field.name}`} className="min-w-0 truncate">
                  {label(field.name)}
                </label>
                <Select
                  id={`${id}-${field.name}`}
                  value={own ?? ""}
                  disabled={!isAdmin || pending}
                  className="h-8 w-auto max-w-52 text-[13px]"
                  onChange={(event) =>
                    act(() =>
                      changePolicy({
                        entity,
                        field: field.name,
                        policy: (event.target.value || null) as StoredPolicy["policy"] | null,
                      }),
                    )
                  }
                >
                  <option value="">
                    Default: {policyWords[field.policy as StoredPolicy["policy"]].toLowerCase()}
                  </option>
                  {Object.entries(policyWords).map(([value, words]) => (
                    <option key={value} value={value}>
                      {words}
                    </option>
                  ))}
                </Select>
              </div>
            );
          })}
      </Card>
    </Section>
  );
}
