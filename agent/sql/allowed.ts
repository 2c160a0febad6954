/** Views that ad-hoc SQL may read, with what a row is. Everything else does not exist for it. */
export const readableViews: Record<string, string> = {
  account: "One row: name, time_zone, currency and week_start of the account.",
  contacts: "A person. created_at is when Keap created them; deleted_at is null while they exist.",
  leads: "A person who exists, by creation time.",
  contact_places: "Country (three letters) and region of a person.",
  contact_tags: "A tag put on a person; removed_at is null while it is held.",
  tags: "A tag with its name.",
  products: "A product with name and sku.",
  plans: "A subscription plan.",
  lead_sources: "A lead source with its name.",
  orders: "A counted order; money in minor units of currency.",
  order_lines: "The money of an order spread over its products.",
  order_units: "Pieces sold per item of an order.",
  bought_products: "Which person ever bought which product.",
  payments: "A payment or refund (kind), positive amount_minor, by paid_at.",
  payment_lines: "The money of a payment spread over products.",
  occasions: "A purchase occasion: orders of one person within a day are one.",
  customer_value: "Net money kept from a person to date, per currency.",
  subscriptions: "A subscription.",
  emails: "A message sent to a person.",
  deals: "An opportunity.",
  stages: "A pipeline stage.",
};

/** Functions ad-hoc SQL may call: no side effect, no file, no network, no text that grows without end. */
export const allowedFunctions = new Set(
  `count sum avg min max round floor ceil ceiling abs sign sqrt ln mod trunc width_bucket lower upper btrim ltrim rtrim left right length char_length
  position strpos substring substr replace concat concat_ws split_part initcap date_trunc date_part extract to_char make_date age now timezone row_number rank dense_rank
  ntile lag lead first_value last_value percent_rank cume_dist percentile_cont percentile_disc mode stddev stddev_samp stddev_pop variance var_samp var_pop corr regr_slope regr_intercept
  bool_and bool_or every string_agg`
    .split(/\s+/)
    .filter(Boolean),
);

export const allowedOperators = new Set([
  "=",
  "<>",
  "!=",
  "<",
  ">",
  "<=",
  ">=",
  "+",
  "-",
  "*",
  "/",
  "%",
  "||",
  "~~",
  "!~~",
  "~~*",
  "!~~*",
  "BETWEEN",
  "NOT BETWEEN",
  "BETWEEN SYMMETRIC",
  "NOT BETWEEN SYMMETRIC",
]);

export const allowedTypes = new Set([
  "int2",
  "int4",
  "int8",
  "numeric",
  "float4",
  "float8",
  "text",
  "varchar",
  "bpchar",
  "bool",
  "date",
  "timestamp",
  "timestamptz",
  "interval",
  "time",
  "uuid",
]);

/** Node types of a harmless SELECT. A type Postgres adds one day is refused until somebody has thought about it. */
export const allowedNodes = new Set(
  `SelectStmt ResTarget ColumnRef String A_Star A_Const A_Expr BoolExpr NullTest BooleanTest CaseExpr CaseWhen FuncCall TypeCast SubLink RangeVar RangeSubselect
  JoinExpr SortBy CommonTableExpr List WindowDef CoalesceExpr MinMaxExpr SQLValueFunction Integer Float Boolean`
    .split(/\s+/)
    .filter(Boolean),
);

/** Parts of a SELECT that only read. Missing on purpose: intoClause, lockingClause, valuesLists. */
export const allowedSelectParts = new Set(
  `targetList fromClause whereClause groupClause groupDistinct havingClause windowClause sortClause limitOffset limitCount limitOption op all larg rarg withClause distinctClause`.split(
    " ",
  ),
);

export const allowedMoments = new Set([
  "SVFOP_CURRENT_DATE",
  "SVFOP_CURRENT_TIMESTAMP",
  "SVFOP_LOCALTIMESTAMP",
  "SVFOP_CURRENT_TIMESTAMP_N",
  "SVFOP_LOCALTIMESTAMP_N",
]);
