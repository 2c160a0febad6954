import { randomUUID } from "node:crypto";
import type { SupabaseClient } from "@/supabase/client";
import { createHookStore } from "../hooks/store";
import { runPoll } from "../inbound/poll";
import { KeapError } from "../keap/errors";
import type { Json, Values } from "../mapping/types";
import { runPush } from "../outbound/push";
import type { DirtyRecord, Intent, MemberSettlement, Settlement } from "../store";
import { createSupabaseStore } from "../stores/supabase";
import type { OperationDeps } from "./deps";
import { isPaused } from "./switches";
import { type KeapCall, wrapKeap } from "./wrap-keap";

/** One thing a run would do, field by field. */
export interface PlannedChange {
  direction: "to_keap" | "from_keap";
  entity: string;
  record_id: string;
  /** The tag, for a membership. */
  other_id: string | null;
  keap_id: number | null;
  name: string | null;
  action: string;
  /** Field → [before, after]; a record that is made has no before. */
  changes: Record<string, Json>;
}

export interface PlannedHold {
  entity: string;
  record_id: string;
  name: string | null;
  reason: string;
}

export interface Preview {
  state: "done" | "paused" | "error";
  to_keap: PlannedChange[];
  from_keap: PlannedChange[];
  conflicts: {
    entity: string;
    record_id: string;
    field: string;
    keap: Json;
    supabase: Json;
    decision: string;
  }[];
  /** Records a person must decide about, with the reason. */
  held: PlannedHold[];
  /** Changes of many records at once that would wait for an admin. */
  held_batches: { entity: string; kind: string; records: number; reason: string }[];
  /** Calls of the Keap quota that the run costs. */
  calls: { reads: number; writes: number; total: number };
  totals: Record<string, number>;
  error?: string;
  cure?: string;
}

export interface PreviewOptions {
  /** Only what would go to Keap, or only what would come from it. */
  only?: "to_keap" | "from_keap";
}

/**
 * What the next run would do, both ways, without doing any of it: the run itself is played through with a database that
 * takes every write back and a Keap that takes none. On an unchanged world the run then does exactly this.
 */
export async function previewSync(deps: OperationDeps, options: PreviewOptions = {}): Promise<Preview> {
  const { preview, ...play } = startPlay(deps);
  const state = await deps.store.readState(deps.accountId);
  if (isPaused(state))
    return { ...preview, state: "paused", error: "The sync is paused: a run does nothing." };
  if (options.only !== "to_keap") {
    const polled = await runPoll({ ...deps, ...play }, { force: true });
    note(preview, polled);
  }
  if (options.only !== "from_keap") {
    const pushed = await runPush({ ...deps, ...play }, { maxRecords: 5000 });
    note(preview, pushed);
  }
  preview.conflicts = distinct(preview.conflicts, (one) => `${one.entity} ${one.record_id} ${one.field}`);
  preview.calls.total = preview.calls.reads + preview.calls.writes;
  for (const one of [...preview.to_keap, ...preview.from_keap]) {
    const key = `${one.direction} ${one.action} ${one.entity}`;
    preview.totals[key] = (preview.totals[key] ?? 0) + 1;
  }
  return preview;
}

function note(preview: Preview, run: { state: string; error?: string; cure?: string }): void {
  if (run.state === "done") return;
  preview.state = run.state === "paused" ? "paused" : "error";
  preview.error ??= run.error;
  preview.cure ??= run.cure;
}

function distinct<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((one) => [key(one), one])).values()];
}

interface Play {
  keap: OperationDeps["keap"];
  store: OperationDeps["store"];
  hooks: OperationDeps["hooks"];
}

/** The double of the world in which a run is played. */
function startPlay(deps: OperationDeps): Play & { preview: Preview } {
  const preview: Preview = {
    state: "done",
    to_keap: [],
    from_keap: [],
    conflicts: [],
    held: [],
    held_batches: [],
    calls: { reads: 0, writes: 0, total: 0 },
    totals: {},
  };
  const stage = new Stage(deps, preview);
  // every method of the stores is one call of the database, so this is the whole of it
  const service = {
    rpc: (name: string, args: Args) => stage.answer(name, args),
  } as unknown as SupabaseClient;
  return {
    preview,
    keap: wrapKeap(deps.keap, (call) => takeCall(call, preview)),
    store: createSupabaseStore(service),
    hooks: deps.hooks && createHookStore(service),
  };
}

const reading =
  /^(list|listOfContact|get|getItem|getStatus|getConfiguration|model|links|leadScore|eventKeys|tags|contacts|companies|groups|tabs|templates|sequences|goals|payments|paymentMethods|call)$/;

/** Reads go through; a write is counted and refused, which the run takes as this one record's trouble and goes on. */
function takeCall({ resource, method, invoke }: KeapCall, { calls }: Preview): unknown {
  if (reading.test(method)) {
    calls.reads += 1;
    return invoke();
  }
  calls.writes += 1;
  // memberships that were taken off are read again afterwards
  if (method === "removeFrom") calls.reads += 1;
  return Promise.reject(
    new KeapError({
      kind: "invalid",
      operation: `${resource}.${method}`,
      message: "Not sent: this is a preview.",
    }),
  );
}

type Args = Record<string, unknown>;

interface DryAnswer {
  result: unknown;
  journal: (Omit<PlannedChange, "direction"> & { direction: string })[];
  conflicts: Preview["conflicts"];
}

/** The database of a play: real answers, and everything taken back. */
class Stage {
  private readonly runId = randomUUID();
  private readonly claimed = new Set<string>();
  /** Rows as they were claimed, to say what a write changes. */
  private readonly rows = new Map<string, DirtyRecord>();
  /** Records the run would make in Keap: what hangs on them follows. */
  private readonly made = new Set<string>();
  private readonly parked: { contact_id: string; tag_id: string; present: boolean }[] = [];
  private readonly intents = new Set<string>();

  constructor(
    private readonly deps: OperationDeps,
    private readonly preview: Preview,
  ) {}

  async answer(
    name: string,
    args: Args,
  ): Promise<{ data: unknown; error: null | { message: string; code: string } }> {
    const data = await this.play(name, args);
    return { data, error: null };
  }

  private async play(name: string, args: Args): Promise<unknown> {
    switch (name) {
      case "sync_start_run":
        return this.runId;
      case "sync_acquire_lease":
        return true;
      case "sync_claim_dirty":
        return this.claim(String(args.p_entity));
      case "sync_claim_members":
        return this.claim("contact_tags");
      case "sync_write_intents":
        return this.intend(String(args.p_entity), args.p_items as Intent[]);
      case "sync_settle":
      case "sync_settle_members":
        return this.settle(name, args);
      default:
        return this.dry(name, args);
    }
  }

  private async dry(name: string, args: Args): Promise<unknown> {
    const { result, journal, conflicts } = await this.deps.rpc<DryAnswer>("sync_dry_run", {
      p_account: this.deps.accountId,
      p_function: name,
      p_args: args,
      p_run: this.runId,
    });
    for (const { direction, ...entry } of journal ?? []) {
      if (direction === "in") this.preview.from_keap.push({ direction: "from_keap", ...entry });
    }
    for (const { entity, record_id, field, keap, supabase, decision } of conflicts ?? [])
      this.preview.conflicts.push({ entity, record_id, field, keap, supabase, decision });
    return result;
  }

  private async claim(entity: string): Promise<unknown[]> {
    if (this.claimed.has(entity)) return [];
    this.claimed.add(entity);
    const { items, holds } = await this.deps.rpc<{ items: Claimed[]; holds: Preview["held_batches"] }>(
      "sync_dry_claim",
      { p_account: this.deps.accountId, p_entity: entity },
    );
    for (const { kind, records, reason } of holds ?? [])
      this.preview.held_batches.push({ entity, kind, records, reason });
    for (const item of items) {
      if ("record_id" in item) this.rows.set(item.record_id, item);
      else if (item.contact_keap_id === null || item.tag_keap_id === null) this.parked.push(item);
    }
    if (entity === "contact_tags") this.followParents();
    return items;
  }

  /** Memberships whose person or tag this very run makes: they follow it. */
  private followParents(): void {
    for (const one of this.parked) {
      if (!this.made.has(one.contact_id) && !this.made.has(one.tag_id)) continue;
      this.preview.to_keap.push({
        direction: "to_keap",
        entity: "contact_tags",
        record_id: one.contact_id,
        other_id: one.tag_id,
        keap_id: null,
        name: this.nameOf(one.contact_id),
        action: one.present ? "apply_tag" : "remove_tag",
        changes: {},
      });
      this.preview.calls.writes += 1;
    }
  }

  private intend(entity: string, items: readonly Intent[]): unknown[] {
    return items.map((one) => {
      const base = this.rows.get(one.record_id)?.base ?? null;
      if (one.action === "create") this.made.add(one.record_id);
      this.preview.to_keap.push({
        direction: "to_keap",
        entity,
        record_id: one.record_id,
        other_id: one.other_id ?? null,
        keap_id: one.keap_id ?? null,
        name: this.nameOf(one.record_id),
        action: one.action,
        changes: changesOf(one.action, base, one.fields ?? {}),
      });
      const intent_id = randomUUID();
      this.intents.add(intent_id);
      return { intent_id, record_id: one.record_id, other_id: one.other_id ?? null };
    });
  }

  /** What was to be sent is in the plan; everything else is settled and taken back. */
  private async settle(name: string, args: Args): Promise<unknown> {
    const items = args.p_items as (Settlement | MemberSettlement)[];
    const own = items.filter((one) => !one.intent_id || !this.intents.has(one.intent_id));
    for (const one of own) {
      if (one.mark !== "hold" && one.mark !== "dead") continue;
      const record_id = "record_id" in one ? one.record_id : one.contact_id;
      this.preview.held.push({
        entity: String(args.p_entity ?? "contact_tags"),
        record_id,
        name: this.nameOf(record_id),
        reason: one.error ?? one.letter?.reason ?? "It waits for a person.",
      });
    }
    const sent = items.filter((one) => !own.includes(one)).map((one) => ({ ...one, outcome: "settled" }));
    if (own.length === 0) return sent;
    const settled = (await this.dry(name, { ...args, p_items: own })) as unknown[];
    return [...sent, ...(settled ?? [])];
  }

  private nameOf(recordId: string): string | null {
    const row = this.rows.get(recordId)?.row;
    if (!row) return null;
    const person = [row.given_name, row.family_name].filter(Boolean).join(" ");
    return person || String(row.name ?? row.title ?? row.email ?? "") || null;
  }
}

type Claimed =
  | DirtyRecord
  | {
      contact_id: string;
      tag_id: string;
      contact_keap_id: number | null;
      tag_keap_id: number | null;
      present: boolean;
    };

function changesOf(action: string, base: Values | null, fields: Values): Record<string, Json> {
  if (action === "create") return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, [base?.[field] ?? null, value]]),
  );
}
