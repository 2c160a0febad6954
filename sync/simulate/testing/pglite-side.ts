import type { TestDatabase } from "@/supabase/testing/database";
import { createHookStore } from "../../hooks/store";
import type { Json, Values } from "../../mapping/types";
import { createSupabaseStore } from "../../stores/supabase";
import { alwaysThere, type KindName, kinds } from "../kinds";
import type { DatabaseClock } from "./database-clock";
import { type DatabaseSide, type DatabaseView, noRows, type RowView, type SimClock } from "./database-side";

const json = (value: Json): unknown =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : value;

/** One account of a Postgres, with the tables and functions of the migrations. */
export function createPgliteSide(
  database: TestDatabase,
  accountId: string,
  /** Whose time it lives in; without it, in the database's own. */
  sim?: { clock: SimClock; time: DatabaseClock },
): DatabaseSide {
  const { sql } = database;
  /** What somebody writes has a time of its own. */
  const write = async (text: string, params: unknown[], origin = "") => {
    if (sim)
      await sql(
        `select set_config('${sim.time.setting}', $1, false), set_config('keapsake.writer', $2, false)`,
        [sim.time.next(), origin],
      );
    else await sql("select set_config('keapsake.writer', $1, false)", [origin]);
    await sql(text, params);
    if (origin !== "") await sql("select set_config('keapsake.writer', '', false)");
  };
  // statistics say nothing of a handful of rows, and cost more than the history
  const store = { ...createSupabaseStore(database.service), analyze: async () => undefined };
  let made = 0;

  /** In the database's own time, time that passes is time taken off what it has stored. */
  async function shift(ms: number): Promise<void> {
    const back = `interval '${Math.round(ms)} milliseconds'`;
    await sql(
      `update sync.dirty set next_attempt_at = next_attempt_at - ${back}, lease_until = lease_until - ${back} where account_id = $1`,
      [accountId],
    );
    await sql(`update sync.leases set lease_until = lease_until - ${back} where account_id = $1`, [
      accountId,
    ]);
    await sql(`update sync.passes set passed_at = passed_at - ${back} where account_id = $1`, [accountId]);
    await sql(
      `update sync.hook_deliveries set next_attempt_at = next_attempt_at - ${back}, lease_until = lease_until - ${back}
       where account_id = $1 and state in ('waiting', 'claimed')`,
      [accountId],
    );
    await sql(`update sync.intents set created_at = created_at - ${back} where account_id = $1`, [accountId]);
  }

  async function rowsOf(name: KindName): Promise<RowView[]> {
    const { entity, kind } = kinds[name];
    const rows = await sql<{ row: Values }>(
      `select to_jsonb(p) as row from public.${entity} p where account_id = $1 ${kind ? `and kind = '${kind}'` : ""} order by keap_id nulls last, supabase_id`,
      [accountId],
    );
    return rows.map(({ row }) => ({
      id: String(row.supabase_id),
      keap_id: row.keap_id as number | null,
      version: Number(row.version),
      sync_status: String(row.sync_status),
      deleted: row.deleted_at !== null,
      values: row,
    }));
  }

  const all = <T>(what: string, where: string) =>
    sql<{ row: T }>(`select to_jsonb(x) as row from (${what}) x where x.account_id = $1 ${where}`, [
      accountId,
    ]).then((rows) => rows.map(({ row }) => row));

  const side: DatabaseSide = {
    store,
    hooks: createHookStore(database.service),
    accountId,
    cast: alwaysThere,
    async insert(entity, values, origin = "sql") {
      const id = `aaaaaaaa-0000-4000-8000-${String(++made).padStart(4, "0")}${accountId.slice(-8)}`;
      const columns = Object.keys(values).filter((one) => values[one] !== null);
      await write(
        `insert into public.${entity} (account_id, supabase_id, ${columns.join(", ")}) values ($1, $2, ${columns.map((_, at) => `$${at + 3}`).join(", ")})`,
        [accountId, id, ...columns.map((one) => json(values[one] ?? null))],
        origin,
      );
      return id;
    },
    async update(entity, id, values, origin = "sql") {
      const columns = Object.keys(values);
      await write(
        `update public.${entity} set ${columns.map((one, at) => `${one} = $${at + 2}`).join(", ")} where supabase_id = $1`,
        [id, ...columns.map((one) => json(values[one] ?? null))],
        origin,
      );
    },
    async remove(entity, id) {
      await write(`delete from public.${entity} where supabase_id = $1`, [id]);
    },
    async member(contact, tag, present) {
      if (present)
        await write(
          `insert into contact_tags (account_id, contact_id, tag_id) values ($1, $2, $3)
           on conflict (account_id, contact_id, tag_id) do update set removed_at = null where contact_tags.removed_at is not null`,
          [accountId, contact, tag],
        );
      else
        await write(
          "update contact_tags set removed_at = now() where contact_id = $1 and tag_id = $2 and removed_at is null",
          [contact, tag],
        );
    },
    async setPolicy(entity, field, policy, owner) {
      await sql(
        `insert into sync.policies (account_id, entity, field, policy, owner) values ($1, $2, $3, $4, $5)
         on conflict (account_id, entity, field) do update set policy = excluded.policy, owner = excluded.owner`,
        [accountId, entity, field, policy, owner ?? null],
      );
    },
    async setSwitch(entity, { creates = true, deletes = false }) {
      await sql("insert into sync.switches (account_id, entity, creates, deletes) values ($1, $2, $3, $4)", [
        accountId,
        entity,
        creates,
        deletes,
      ]);
    },
    async advance(ms) {
      if (sim) sim.clock.advance(ms);
      else await shift(ms);
    },
    rowsOf,
    async view(): Promise<DatabaseView> {
      const rows = noRows();
      for (const name of side.cast) rows[name] = await rowsOf(name);
      return {
        rows,
        links: await all(
          "select account_id, contact_id, tag_id, removed_at is null as present, sync_status, version from public.contact_tags",
          "order by contact_id, tag_id",
        ),
        marks: (
          await all<DatabaseView["marks"][number]>(
            "select account_id, entity, record_id, nullif(other_id, '00000000-0000-0000-0000-000000000000') as other_id, state from sync.dirty",
            "order by entity, record_id, other_id",
          )
        ).map(({ entity, record_id, other_id, state }) => ({ entity, record_id, other_id, state })),
        shadows: await all("select * from sync.shadow", "order by entity, key"),
        conflicts: await all("select * from sync.conflicts", "order by detected_at, field"),
        journal: await all("select * from sync.journal", "order by journal_id"),
        intents: await all("select * from sync.intents", "order by created_at, record_id"),
        letters: await all("select * from sync.dead_letters", "order by first_at, record_id"),
      };
    },
  };
  return side;
}
