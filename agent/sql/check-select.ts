import {
  allowedFunctions,
  allowedMoments,
  allowedNodes,
  allowedOperators,
  allowedSelectParts,
  allowedTypes,
  readableViews,
} from "./allowed";

/** Why a text may not run, in words a model can act on. */
export class SqlRefusal extends Error {
  override readonly name = "SqlRefusal";
}

type Tree = Record<string, unknown>;

export const longestSql = 10_000;
/** Nesting deeper than any question needs, which a parser or planner could choke on. */
const deepest = 60;

/**
 * Lets one SELECT over the analytics views pass, judged by Postgres's own parser: every node, relation, function,
 * operator and type must be on a list. @throws SqlRefusal for everything else.
 */
export async function checkSelect(sql: string): Promise<void> {
  if (sql.length > longestSql)
    throw new SqlRefusal(`The statement is longer than ${longestSql} characters. Ask for less at once.`);
  if (sql.includes("\u0000")) throw new SqlRefusal("The statement holds a character that no SQL needs.");
  const { stmts } = await parseSql(sql);
  if (stmts.length !== 1) throw new SqlRefusal("Send exactly one statement.");
  const statement = (stmts[0] as { stmt?: Tree } | undefined)?.stmt;
  const select = statement?.SelectStmt as Tree | undefined;
  if (!select)
    throw new SqlRefusal("Only SELECT is possible. Nothing can be written, changed or called here.");
  const names = new Set<string>();
  collectCteNames(select, names);
  visitSelect(select, names, 0);
}

async function parseSql(sql: string): Promise<{ stmts: unknown[] }> {
  // Loaded on first use: the parser is a WebAssembly module that most processes never need.
  const { parse } = await import("libpg-query");
  try {
    const { stmts } = (await parse(sql)) as { stmts?: unknown[] };
    return { stmts: stmts ?? [] };
  } catch (error) {
    const position = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition;
    throw new SqlRefusal(
      `This is not valid SQL${position === undefined ? "" : ` (near character ${position})`}. Correct it and try again.`,
    );
  }
}

function collectCteNames(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const child of node) collectCteNames(child, names);
  else if (node && typeof node === "object") {
    for (const [key, child] of Object.entries(node)) {
      if (key === "ctename" && typeof child === "string") names.add(cteName(child));
      collectCteNames(child, names);
    }
  }
}

/** A name of the system's own could stand for the catalog where the CTE is out of scope. */
function cteName(name: string): string {
  if (/^pg_/i.test(name))
    throw new SqlRefusal(`"${name.slice(0, 60)}" is a reserved name. Call it something else.`);
  return name;
}

function visitSelect(select: Tree, names: Set<string>, depth: number): void {
  for (const [part, child] of Object.entries(select)) {
    if (!allowedSelectParts.has(part))
      throw new SqlRefusal(partRefusals[part] ?? "This kind of SELECT is not possible here.");
    if (part === "larg" || part === "rarg") visitSelect(child as Tree, names, depth + 1);
    else visit(child, names, depth + 1);
  }
  if ((select.withClause as Tree | undefined)?.recursive)
    throw new SqlRefusal("WITH RECURSIVE is not possible here.");
}

const partRefusals: Record<string, string> = {
  intoClause: "SELECT INTO would make a table. Leave INTO out.",
  lockingClause: "FOR UPDATE and FOR SHARE lock rows. Leave them out.",
  valuesLists: "VALUES lists are not possible here. Select from a view.",
};

function visit(node: unknown, names: Set<string>, depth: number): void {
  if (depth > deepest) throw new SqlRefusal("The statement is nested too deeply.");
  if (Array.isArray(node)) for (const child of node) visit(child, names, depth + 1);
  if (!node || typeof node !== "object" || Array.isArray(node)) return;
  const tags = Object.keys(node).filter((key) => /^[A-Z]/.test(key));
  for (const tag of tags) {
    if (!allowedNodes.has(tag))
      throw new SqlRefusal(nodeRefusals[tag] ?? `This form of SQL (${tag}) is not possible here.`);
    const body = (node as Tree)[tag] as Tree;
    checks[tag]?.(body, names);
    if (tag === "SelectStmt") visitSelect(body, names, depth + 1);
    else visit(body, names, depth + 1);
  }
  for (const [key, child] of Object.entries(node)) {
    if (tags.includes(key)) continue;
    if (key === "typeName") checkType(child as Tree);
    else visit(child, names, depth + 1);
  }
}

const nodeRefusals: Record<string, string> = {
  ParamRef: "Parameters such as $1 are not possible here. Write the value.",
  RangeFunction: "Functions can't stand in FROM. Select from a view.",
};

const checks: Record<string, (body: Tree, names: Set<string>) => void> = {
  RangeVar: ({ catalogname, schemaname, relname }, names) => {
    const name = String(relname);
    const known = Object.hasOwn(readableViews, name);
    if (catalogname === undefined && schemaname === "analytics" && known) return;
    if (catalogname === undefined && schemaname === undefined && (known || names.has(name))) return;
    throw new SqlRefusal(
      `There is no view "${name.slice(0, 60)}" to read. Views: ${Object.keys(readableViews).join(", ")}.`,
    );
  },
  FuncCall: ({ funcname }) => {
    const parts = stringsIn(funcname);
    const name = parts.at(-1) ?? "";
    const inCatalog = parts.length === 1 || (parts.length === 2 && parts[0] === "pg_catalog");
    if (!inCatalog || !allowedFunctions.has(name))
      throw new SqlRefusal(`The function "${name.slice(0, 60)}" is not possible here.`);
  },
  A_Expr: ({ kind, name }) => {
    const parts = stringsIn(name);
    if (
      parts.length === 1 &&
      (allowedOperators.has(parts[0] ?? "") ||
        kind === "AEXPR_NULLIF" ||
        kind === "AEXPR_DISTINCT" ||
        kind === "AEXPR_NOT_DISTINCT")
    )
      return;
    throw new SqlRefusal(`The operator "${parts.join(".").slice(0, 40)}" is not possible here.`);
  },
  SQLValueFunction: ({ op }) => {
    if (!allowedMoments.has(String(op)))
      throw new SqlRefusal(
        "Of the built-in values only current_date and the current time are possible here.",
      );
  },
  CommonTableExpr: ({ ctequery }) => {
    if (!(ctequery as Tree | undefined)?.SelectStmt) throw new SqlRefusal("WITH may only hold SELECT.");
  },
};

function checkType({ names, arrayBounds, setof, pct_type }: Tree): void {
  const parts = stringsIn(names);
  const name = parts.at(-1) ?? "";
  const plain = parts.length === 1 || (parts.length === 2 && parts[0] === "pg_catalog");
  if (!plain || !allowedTypes.has(name) || arrayBounds || setof || pct_type)
    throw new SqlRefusal(`The type "${name.slice(0, 60)}" is not possible here.`);
}

function stringsIn(list: unknown): string[] {
  return Array.isArray(list)
    ? list.map((item) => String((item as { String?: { sval?: string } }).String?.sval ?? ""))
    : [];
}
