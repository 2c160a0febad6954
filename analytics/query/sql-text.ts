import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from "kysely";

/** Compiles and never connects: statements run through the query door. */
const compiler = new Kysely<Record<string, never>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** A statement ready for the query door, and the same as people read it. */
export interface Statement {
  /** As run_query wants it: parameters are read from the one jsonb array `$1`. */
  text: string;
  params: unknown[];
  /** As shown: `$1` … `$n` with `shown_params` in order. */
  shown: string;
  shown_params: unknown[];
}

const arrayLiteral = (values: readonly string[]) =>
  `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;

/** An instant as a parameter. */
export const instant = (iso: string) => sql`${iso}::timestamptz`;
/** Several instants as one parameter. */
export const instants = (isos: readonly string[]) => sql`${arrayLiteral(isos)}::timestamptz[]`;
/** A calendar day as a parameter. */
export const date = (day: string) => sql`${day}::date`;
/** Several days as one parameter. */
export const dates = (days: readonly string[]) => sql`${arrayLiteral(days)}::date[]`;
/** Texts as one parameter, to be used as `= any(…)`. */
export const texts = (values: readonly string[]) => sql`${arrayLiteral(values)}::text[]`;
/** Ids as one parameter, to be used as `= any(…)`. */
export const uuids = (values: readonly string[]) => sql`${arrayLiteral(values)}::uuid[]`;
/** A whole number as a parameter; null as a limit is none. */
export const integer = (value: number | null) => sql`${value}::int`;
export const text = (value: string) => sql`${value}::text`;

const placeholder = /\$(\d+)::(timestamptz|text|uuid|int|float8|date)(\[\])?/g;

/**
 * Turns a built statement into the two forms. In the running form an instant becomes `to_timestamp(seconds)`, which
 * the planner folds into a constant, where a cast from text would be worked out again for every row; an array becomes
 * a subselect, which is worked out once.
 */
export function toStatement(built: RawBuilder<unknown>): Statement {
  const compiled: CompiledQuery = built.compile(compiler);
  const params: unknown[] = compiled.parameters.map((value) => value);
  const text = compiled.sql.replace(
    placeholder,
    (_, number: string, type: string, array: string | undefined) => {
      const index = Number(number) - 1;
      if (array) return `(select ($1->>${index})::${type}[])::${type}[]`;
      if (type !== "timestamptz") return `($1->>${index})::${type}`;
      params[index] = Date.parse(String(compiled.parameters[index])) / 1000;
      return `to_timestamp(($1->>${index})::float8)`;
    },
  );
  return { text, params, shown: tidy(compiled.sql), shown_params: [...compiled.parameters] };
}

/** Drops empty lines that left-out clauses leave behind. */
const tidy = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n");
