import type { SupabaseClient } from "@/supabase/client";
import type { TestDatabase } from "@/supabase/testing/database";
import type { DatabaseClock } from "./database-clock";

interface Signature {
  name: string;
  args: string[];
  types: string[];
  returns: string;
}

/**
 * The functions of the sync called straight in the database: the way through the API is the same for every call, costs
 * several times what the call does, and has its own tests.
 */
export async function createDirectService(
  { sql }: TestDatabase,
  /** Each call at a time of the simulation's. */
  time?: DatabaseClock,
): Promise<SupabaseClient> {
  const found = await sql<Signature>(`
    select p.proname as name, to_jsonb(p.proargnames) as args, p.prorettype::regtype::text as returns,
      (select jsonb_agg(t.oid::regtype::text order by u.at) from unnest(p.proargtypes) with ordinality u (type, at) join pg_type t on t.oid = u.type) as types
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'sync\\_%' and p.prokind = 'f'`);
  const known = new Map(found.map((one) => [one.name, one]));

  async function rpc(name: string, args: Record<string, unknown>) {
    const signature = known.get(name);
    if (!signature) throw new Error(`The database has no function ${name}.`);
    const given = Object.keys(args);
    const typeOf = (one: string) => signature.types[signature.args.indexOf(one)] ?? "text";
    const list = given.map((one, at) => `${one} => ${parameter(at + 1, typeOf(one))}`).join(", ");
    const call = `public.${name}(${list})`;
    const values = given.map((one) => plain(args[one], typeOf(one)));
    try {
      const isVoid = signature.returns === "void";
      const [row] = await sql<{ result: unknown }>(
        `select ${time ? `set_config('${time.setting}', $${given.length + 1}, false) as at, ` : ""}${isVoid ? call : `to_jsonb(${call})`} as result`,
        time ? [...values, time.next()] : values,
      );
      return { data: isVoid ? null : (row?.result ?? null), error: null };
    } catch (cause) {
      const { message, code } = cause as { message: string; code?: string };
      return { data: null, error: { message, code } };
    }
  }
  return { rpc } as unknown as SupabaseClient;
}

/** Lists go as JSON: the driver need not know their type. */
function parameter(at: number, type: string): string {
  if (!type.endsWith("[]")) return `$${at}::${type}`;
  const item = type.slice(0, -2);
  return `(select case when $${at}::jsonb = 'null' then null else coalesce(array_agg(x::${item}), '{}') end from jsonb_array_elements_text(nullif($${at}::jsonb, 'null')) x)`;
}

function plain(value: unknown, type: string): unknown {
  if (type.endsWith("[]") || type === "jsonb") return value === undefined ? null : JSON.stringify(value);
  return value ?? null;
}
