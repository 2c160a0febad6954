/** Schemas that lite answers for, or keeps its own tables in. */
const served = new Set(["public", "auth", "storage"]);

/** What lite's connections hold beside what their types publish. */
interface LiteInternals {
  rlsState: string;
  introspect(options?: { useCache?: boolean }): Promise<object>;
}

/**
 * Makes lite behave as hosted Supabase does, and no slower than it must.
 * @throws Error when this version of lite no longer has what is changed here: better no start than rights too wide.
 */
export function adaptLite(connection: object): void {
  if (!hasInternals(connection))
    throw new Error(
      "This version of @supabase/lite keeps its grants and its catalogue elsewhere. Look for where its connection grants rights to the request roles, and change supabase/local/lite-internals.ts accordingly.",
    );
  // On the first request after a table has RLS, lite grants ALL on all tables to the request roles. Hosted Supabase
  // does not, and neither may we: "active" is the state in which it believes to have done so.
  connection.rlsState = "active";
  narrowCatalogue(connection);
}

const hasInternals = (connection: object): connection is LiteInternals =>
  "rlsState" in connection && "introspect" in connection && typeof connection.introspect === "function";

/**
 * Shows lite only the part of the catalogue that it may answer for. With every request it looks through all columns, and
 * with two regular expressions each through the definitions of all views: those of our other schemas took it ten times as
 * long as the database.
 */
function narrowCatalogue(connection: LiteInternals): void {
  const introspect = connection.introspect.bind(connection);
  const narrowed = new WeakMap<object, object>();
  connection.introspect = async (options) => {
    const whole = await introspect(options);
    const known = narrowed.get(whole) ?? servedPart(whole);
    narrowed.set(whole, known);
    return known;
  };
}

const servedPart = (whole: object): object =>
  Object.fromEntries(
    Object.entries(whole).map(([name, rows]) => [name, Array.isArray(rows) ? rows.filter(isServed) : rows]),
  );

const isServed = (row: unknown) => {
  const schema = typeof row === "object" && row !== null && "schema" in row ? row.schema : undefined;
  return typeof schema !== "string" || served.has(schema);
};
