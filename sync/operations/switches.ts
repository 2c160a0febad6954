import { entitySpecs } from "../mapping/entities";
import { type EntityName, entityNames } from "../mapping/types";
import type { SyncState } from "../store";
import { type OperationDeps, Refusal } from "./deps";

/** What a table may do. `creates` and `deletes` concern Keap: rows made or deleted here are made or deleted there. */
export interface Switches {
  entity: string;
  paused: boolean;
  outbound: boolean;
  creates: boolean;
  deletes: boolean;
}

/** Whether nothing of this table may move now: it is paused itself, or the whole account is. */
export function isPaused({ switches }: Pick<SyncState, "switches">, entity?: string): boolean {
  return switches.some((one) => one.paused && (one.entity === "*" || one.entity === entity));
}

/** How a run says that it did nothing because the account is paused. */
export const pausedWords = {
  error: "The sync is paused.",
  cure: "Resume it on the sync page, or with `npm run sync -- resume`.",
} as const;

/** The switches of one table as they hold: what was set, else the defaults of the table. */
export function switchesOf({ switches }: Pick<SyncState, "switches">, entity: string): Switches {
  const set = switches.find((one) => one.entity === entity);
  if (set) return { ...set };
  const spec = Object.hasOwn(entitySpecs, entity) ? entitySpecs[entity as EntityName] : undefined;
  return { entity, paused: false, outbound: true, creates: spec?.creates ?? false, deletes: false };
}

/** Money is never made in Keap by default, and by these tables it can be. */
const switchable = ["paused", "outbound", "creates", "deletes"] as const;
export type SwitchName = (typeof switchable)[number];

/**
 * Sets switches of one table, or with `*` pauses the account or its whole way to Keap.
 * @throws Refusal for a table or switch there is not, or one that means nothing there.
 */
export async function setSwitches(
  deps: Pick<OperationDeps, "rpc" | "accountId" | "actor" | "store">,
  entity: string,
  changes: Partial<Record<SwitchName, boolean>>,
): Promise<Switches> {
  const tables = ["*", "contact_tags", ...entityNames];
  if (!tables.includes(entity))
    throw new Refusal(`There is no synced table called "${entity}". There are: ${tables.join(", ")}.`);
  for (const [name, value] of Object.entries(changes)) {
    if (!(switchable as readonly string[]).includes(name))
      throw new Refusal(`There is no switch "${name}". There are: ${switchable.join(", ")}.`);
    if (typeof value !== "boolean") throw new Refusal(`The switch ${name} takes on or off.`);
  }
  if (entity === "*" && (changes.creates !== undefined || changes.deletes !== undefined))
    throw new Refusal("Creates and deletes are switched on table by table, never for all at once.");
  const spec = Object.hasOwn(entitySpecs, entity) ? entitySpecs[entity as EntityName] : undefined;
  if (spec && !spec.outbound && (changes.creates || changes.deletes))
    throw new Refusal(
      `Keap's ${entity.replaceAll("_", " ")} cannot be written from here, so there is nothing to switch on.`,
    );
  const state = await deps.store.readState(deps.accountId);
  const next = { ...switchesOf(state, entity), ...changes };
  return deps.rpc("sync_set_switches", {
    p_account: deps.accountId,
    p_entity: entity,
    p_switches: next,
    p_actor: deps.actor,
  });
}

export const pause = (deps: Parameters<typeof setSwitches>[0], entity = "*"): Promise<Switches> =>
  setSwitches(deps, entity, { paused: true });

export const resume = (deps: Parameters<typeof setSwitches>[0], entity = "*"): Promise<Switches> =>
  setSwitches(deps, entity, { paused: false });
