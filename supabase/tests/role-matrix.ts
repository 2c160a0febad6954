import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectedCallers, type RelationAccess, relations } from "./access";
import { type SeedDatabase, seedWorld, type World } from "./seed";

type Database = SeedDatabase<{ user_id: string }> & { stop(): Promise<void> };

function mayRead(access: RelationAccess, person: "viewer" | "analyst" | "admin"): boolean {
  if (access.readers === "everyone" || access.readers === "own") return true;
  if (access.readers === "analysts") return person !== "viewer";
  // "author": the seed's author is the admin; "admins": the same person.
  return person === "admin";
}

/** Counts rows as the API would: role and claims of a request, then the statement. -1 = permission denied. */
const countAs = `
create function pg_temp.count_as(p_role text, p_user text, p_relation text, p_account uuid) returns bigint language plpgsql as $$
declare
  n bigint;
begin
  perform set_config('request.jwt.claim.sub', coalesce(p_user, ''), true), set_config('request.jwt.claim.role', p_role, true),
          set_config('request.jwt.claims', jsonb_build_object('sub', p_user, 'role', p_role)::text, true);
  perform set_config('role', p_role, true);
  begin
    execute format('select count(*) from public.%I where %I = $1', p_relation, case p_relation when 'accounts' then 'id' else 'account_id' end)
      into n using p_account;
  exception when insufficient_privilege then n := -1;
  end;
  perform set_config('role', 'none', true);
  return n;
end $$`;

/**
 * The whole role matrix over one database: relations, functions and roles are enumerated from its catalogue and held to
 * `access.ts`. Runs on the embedded database and on a real PostgreSQL.
 */
export function describeRoleMatrix(name: string, start: () => Promise<Database>): void {
  describe(name, () => {
    let database: Database;
    let ours: World;
    let theirs: World;

    beforeAll(async () => {
      database = await start();
      ours = await seedWorld(database, "Ours");
      theirs = await seedWorld(database, "Theirs");
      await database.sql(countAs);
    });
    afterAll(() => database.stop());

    async function exposedRelations(): Promise<string[]> {
      const rows = await database.sql<{ relname: string }>(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p', 'f') order by 1",
      );
      return rows.map((row) => row.relname);
    }

    async function privilegesOf(role: string, relation: string): Promise<string[]> {
      const rows = await database.sql<{ privilege: string }>(
        `select privilege from unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) privilege
     where has_table_privilege($1, format('public.%I', $2::text), privilege) order by 1`,
        [role, relation],
      );
      return rows.map((row) => row.privilege);
    }

    async function countOf(role: string, user: string | null, relation: string): Promise<number> {
      const [row] = await database.sql<{ n: number }>("select pg_temp.count_as($1, $2, $3, $4) as n", [
        role,
        user,
        relation,
        ours.account_id,
      ]);
      return Number(row?.n);
    }

    test("lists every exposed relation and its readers", async () => {
      expect(await exposedRelations()).toEqual(Object.keys(relations).sort());
    });

    test("enables row level security on every table", async () => {
      const rows = await database.sql<{ name: string }>(
        `select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relrowsecurity`,
      );
      expect(rows).toEqual([]);
    });

    test("carries account_id on every exposed relation", async () => {
      const rows = await database.sql<{ relname: string }>(
        `select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and relname <> 'accounts'
     and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id')`,
      );
      expect(rows).toEqual([]);
    });

    describe("table rights", () => {
      for (const [relation, access] of Object.entries(relations)) {
        test(`grants exactly what is listed on ${relation}`, async () => {
          expect(await privilegesOf("anon", relation)).toEqual([]);
          expect(await privilegesOf("authenticated", relation)).toEqual(["SELECT"]);
          expect(await privilegesOf("service_role", relation)).toEqual(access.service);
          expect(await privilegesOf("keapsake_reader", relation)).toEqual([]);
          expect(await privilegesOf("keapsake_door", relation)).toEqual([]);
          expect(["", "SELECT"]).toContain((await privilegesOf("keapsake_facts", relation)).join());
        });

        test(`shows ${relation} to its readers only`, async () => {
          for (const person of ["viewer", "analyst", "admin"] as const) {
            const seen = await countOf("authenticated", ours[person].user_id, relation);
            if (mayRead(access, person)) expect(seen, `${person} of the account`).toBeGreaterThan(0);
            else expect(seen, `${person} of the account`).toBe(0);
            expect(
              await countOf("authenticated", theirs[person].user_id, relation),
              `stranger ${person}`,
            ).toBe(0);
          }
          expect(await countOf("anon", null, relation), "anon").toBe(-1);
          expect(await countOf("service_role", null, relation), "service").toBeGreaterThan(0);
        });
      }
    });

    test("gives each function to its callers only", async () => {
      const rows = await database.sql<{
        name: string;
        anon: boolean;
        people: boolean;
        service: boolean;
        path: string | null;
        definer: boolean;
      }>(
        `select p.proname as name, has_function_privilege('anon', p.oid, 'execute') as anon,
       has_function_privilege('authenticated', p.oid, 'execute') as people,
       has_function_privilege('service_role', p.oid, 'execute') as service,
       p.prosecdef as definer,
       (select option from unnest(p.proconfig) option where option like 'search_path=%') as path
     from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`,
      );
      expect(rows.length).toBeGreaterThan(40);
      for (const { name, anon, people, service, path } of rows) {
        const callers = expectedCallers(name);
        expect(callers, `${name} is not listed in supabase/tests/access.ts`).toBeDefined();
        expect({ name, anon, people, service }).toEqual({
          name,
          anon: false,
          people: callers !== "service",
          service: callers !== "session",
        });
        expect(path, `${name} has no fixed search_path`).not.toBeNull();
      }
    });

    test("keeps unexposed schemas from people", async () => {
      const rows = await database.sql<{ role: string; name: string }>(
        `select r.rolname as role, format('%s.%s', n.nspname, c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
     where n.nspname in ('private', 'sync', 'analytics') and c.relkind in ('r', 'v', 'm', 'S')
       and r.rolname in ('anon', 'authenticated')
       and (has_table_privilege(r.oid, c.oid, 'select') or has_table_privilege(r.oid, c.oid, 'insert,update,delete'))`,
      );
      expect(rows).toEqual([]);
    });

    test("lets people run no unlisted private function", async () => {
      const rows = await database.sql<{ name: string }>(
        `select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('private', 'sync') and has_function_privilege('authenticated', p.oid, 'execute') order by 1`,
      );
      expect(rows.map((row) => row.name)).toEqual(["my_accounts", "my_role"]);
    });

    test("gives the reader nothing but the fact views", async () => {
      const rows = await database.sql<{ name: string; kind: string; owner: string }>(
        `select format('%s.%s', n.nspname, c.relname) as name, c.relkind as kind, pg_get_userbyid(c.relowner) as owner
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind in ('r', 'v', 'm', 'p', 'f')
       and has_table_privilege('keapsake_reader', c.oid, 'select,insert,update,delete')
       and has_schema_privilege('keapsake_reader', n.oid, 'usage')
       and not (n.nspname in ('analytics', 'copied') and c.relkind = 'v' and pg_get_userbyid(c.relowner) = 'keapsake_facts')`,
      );
      expect(rows).toEqual([]);
    });

    test("keeps the door's roles without login or bypass", async () => {
      const rows = await database.sql(
        `select rolname, rolcanlogin, rolbypassrls, rolsuper, rolcreaterole from pg_roles where rolname like 'keapsake\\_%' order by 1`,
      );
      const low = { rolcanlogin: false, rolbypassrls: false, rolsuper: false, rolcreaterole: false };
      expect(rows).toEqual([
        { rolname: "keapsake_door", ...low },
        { rolname: "keapsake_facts", ...low },
        { rolname: "keapsake_reader", ...low },
      ]);
    });
  });
}
