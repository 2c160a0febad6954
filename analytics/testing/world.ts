import type { Principal, Role } from "@/supabase/contract/principal";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import type { AnalyticsAccount } from "../query/account";
import { openQueryDoor, type QueryDoor } from "../query/door";
import type { QueryContext } from "../query/run";

/** Rows to insert, by column; an absent column takes its default. */
export type Row = Record<string, unknown>;

/** A world of one account in a test database: rows are inserted as the sync would leave them. */
export interface World {
  database: TestDatabase;
  account: AnalyticsAccount;
  door: QueryDoor;
  principal: Principal;
  /** A query context at a moment. */
  at(now: string, role?: Role): QueryContext;
  /** Inserts rows, naming the Keap ids given; references by Keap id are resolved. Returns their uuids in order. */
  insert(table: string, rows: readonly Row[]): Promise<string[]>;
}

/** Opens a test database for a file's tests; each `world()` is a fresh account in it. */
export async function openWorlds(): Promise<{
  world(options?: { time_zone?: string; currency?: string; week_start?: 0 | 1 }): Promise<World>;
  stop(): Promise<void>;
}> {
  const database = await startTestDatabase();
  await warmUp(database);
  return {
    async world(options = {}) {
      const { account_id } = await database.createAccount({ time_zone: "America/New_York", ...options });
      // As after a complete first copy; a test of what is said before sets it back.
      await database.sql("update public.accounts set data_as_of = now() where id = $1", [account_id]);
      const account: AnalyticsAccount = {
        id: account_id,
        name: "Test account",
        time_zone: options.time_zone ?? "America/New_York",
        currency: options.currency ?? "USD",
        week_start: options.week_start ?? 1,
      };
      const door = openQueryDoor(database.service);
      const principal: Principal = { account_id, user_id: null, role: "analyst", scopes: [], via: "cli" };
      return {
        database,
        account,
        door,
        principal,
        at: (now, role = "analyst") => ({
          principal: { ...principal, role },
          door,
          account,
          clock: () => new Date(now),
        }),
        async insert(table, rows) {
          const ids = new Map<Row, string>();
          // Rows made from JSON take a table's defaults only for columns that are not named: one insert per shape.
          const shapes = new Map<string, Row[]>();
          for (const row of rows) {
            const shape = Object.keys(row).join();
            shapes.set(shape, [...(shapes.get(shape) ?? []), row]);
          }
          for (const alike of shapes.values()) {
            const inserted = await insertRows(database, account_id, table, alike);
            for (const [index, row] of alike.entries()) ids.set(row, inserted[index] ?? "");
          }
          return rows.map((row) => ids.get(row) ?? "");
        },
      };
    },
    stop: () => database.stop(),
  };
}

/** The first statement through the door costs many times the second; a file's first test must not pay for it. */
async function warmUp(database: TestDatabase): Promise<void> {
  const { account_id } = await database.createAccount();
  const principal: Principal = { account_id, user_id: null, role: "viewer", scopes: [], via: "cli" };
  await openQueryDoor(database.service)("select count(*) from analytics.payment_lines", [], principal);
}

/** Columns `x_keap_id` that name a row of another table. */
const references: Record<string, string> = {
  contact: "contacts",
  order: "orders",
  product: "products",
  tag: "tags",
  payment: "payments",
  subscription: "subscriptions",
  subscription_plan: "subscription_plans",
  owner: "users",
  user: "users",
  lead_source: "lead_sources",
  opportunity: "opportunities",
  stage: "opportunity_stages",
  from_stage: "opportunity_stages",
  to_stage: "opportunity_stages",
  campaign: "campaigns",
  affiliate: "affiliates",
  category: "tag_categories",
};

async function insertRows(
  database: TestDatabase,
  account: string,
  table: string,
  rows: readonly Row[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const present = await database.sql<{ column_name: string }>(
    "select column_name from information_schema.columns where table_schema = 'public' and table_name = $1",
    [table],
  );
  const known = new Set(present.map(({ column_name }) => column_name));
  const resolved = columns
    .filter((column) => column.endsWith("_keap_id"))
    .map((column) => ({ column, name: column.replace(/_keap_id$/, "") }))
    .filter(({ name }) => references[name] && known.has(`${name}_id`));
  const hasId = known.has("supabase_id");
  const inserted = await database.sql<{ id: string | null }>(
    `insert into public.${table} (account_id, ${[...columns, ...resolved.map(({ name }) => `${name}_id`)].join(", ")})
     select $1::uuid, ${columns.map((column) => `r.${column}`).join(", ")}${resolved
       .map(
         ({ column, name }) =>
           `, (select t.supabase_id from public.${references[name]} t where t.account_id = $1::uuid and t.keap_id = r.${column})`,
       )
       .join("")}
     from jsonb_populate_recordset(null::public.${table}, $2::jsonb) r
     returning ${hasId ? "supabase_id" : "null"} as id`,
    [account, JSON.stringify(rows)],
  );
  return inserted.map(({ id }) => id ?? "");
}
