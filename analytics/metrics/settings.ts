/**
 * Choices of an account that change what a figure means (METRICS 0, 3, 7, 13 and 14). They live in accounts.settings,
 * where the fact views read them; a figure that depends on one says so with its answer.
 */
export interface SettingDefinition {
  id: string;
  label: string;
  /** What holds while the account has not chosen. */
  default: string;
  /** One sentence for the answer, from the value as text. */
  says(value: string): string;
}

const models: Record<string, string> = {
  first: "all credit goes to the first touch",
  last: "all credit goes to the last touch",
  lead_creation: "all credit goes to the touch before somebody became a contact",
  linear: "every touch gets the same credit",
  position: "40 % go to the first touch, 40 % to the one that made the lead, 20 % to the rest",
  w: "30 % go to the first touch, the one that made the lead and the one before the deal, 10 % to the rest",
  full_path: "22.5 % go to the first, lead, deal and last touch each, 10 % to the rest",
  decay: "a touch loses half its credit in 7 days",
};
const dealValues: Record<string, string> = {
  low: "the low projection",
  high: "the high projection",
  mean: "the mean of low and high projection",
  order: "the revenue of its order",
  monthly: "its monthly revenue",
};

export const settings = {
  net_sales_include_shipping: {
    id: "net_sales_include_shipping",
    label: "Shipping in net sales",
    default: "false",
    says: (value) => `Net sales are without tax and ${value === "true" ? "with" : "without"} shipping.`,
  },
  churn_date: {
    id: "churn_date",
    label: "When a subscription counts as lost",
    default: "service_end",
    says: (value) =>
      value === "cancelled_at"
        ? "A subscription ends when it is cancelled."
        : "A subscription ends when the paid service ends.",
  },
  swap_window_days: {
    id: "swap_window_days",
    label: "Days within which a new subscription replaces an old one",
    default: "7",
    says: (value) => `A new subscription within ${value} days of an old one's end replaces it.`,
  },
  active_customer_days: {
    id: "active_customer_days",
    label: "Days a buyer counts as active",
    default: "90 % of the account's gaps between purchases, 30 to 730",
    says: (value) =>
      /^\d+$/.test(value)
        ? `A buyer is active for ${value} days after a purchase.`
        : "A buyer is active for as many days after a purchase as 90 % of the account's gaps last (30 to 730).",
  },
  deal_value: {
    id: "deal_value",
    label: "What a deal is worth",
    default: "mean",
    says: (value) => `A deal is worth ${dealValues[value] ?? value}.`,
  },
  attribution_model: {
    id: "attribution_model",
    label: "Attribution model",
    default: "last",
    says: (value) => `Model ${value}: ${models[value] ?? value}.`,
  },
  attribution_lookback_days: {
    id: "attribution_lookback_days",
    label: "Days before a sale in which touches count",
    default: "90",
    says: (value) => `Touches count for ${value} days before the sale.`,
  },
  email_revenue_days: {
    id: "email_revenue_days",
    label: "Days after a click in which orders count for a mail",
    default: "7",
    says: (value) => `Orders count for a mail within ${value} days of a click.`,
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingId = keyof typeof settings;

/** Sentences about the settings on which metrics depend, from the account's own choices. */
export function describeSettings(
  used: readonly { settings?: readonly SettingId[] }[],
  chosen: Readonly<Record<string, unknown>>,
): string[] {
  const ids = [...new Set(used.flatMap((metric) => metric.settings ?? []))];
  return ids.map((id) => settings[id].says(String(chosen[id] ?? settings[id].default)));
}
