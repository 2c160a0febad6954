/** Row sources the metrics count over. Their columns are defined by the views of 20261123000600_facts.sql. */
export const factIds = ["payments", "orders", "order_lines", "leads"] as const;
export type FactId = (typeof factIds)[number];
