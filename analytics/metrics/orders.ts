import type { MetricDefinition } from "./definition";
import type { DimensionId } from "./dimensions";

const orderDimensions: DimensionId[] = ["product", "tag", "lead_source", "country", "region"];

export const orderMetrics: MetricDefinition[] = [
  {
    id: "orders",
    version: 1,
    section: "orders",
    label: "Orders",
    unit: "count",
    description: "Orders placed: not a draft and worth more than nothing.",
    formula: "number of orders by order time with status other than DRAFT and total > 0",
    synonyms: [
      "order",
      "order count",
      "number of orders",
      "purchases",
      "invoices",
      "sales count",
      "how many orders",
    ],
    dimensions: orderDimensions,
    edge_cases: [
      "Drafts and orders of 0 are kept but not counted.",
      "Renewals of subscriptions count.",
      "By product, an order with two products counts under both.",
    ],
    source: "METRICS 0.4",
    measure: { kind: "value", value: { fact: "orders", kind: "count" } },
    drill: "orders",
    better: "up",
  },
  {
    id: "aov",
    version: 1,
    section: "orders",
    label: "Average order value",
    unit: "money",
    description: "Net sales of an average order, without subscription renewals.",
    formula:
      "net sales (order total without tax and shipping) of counted orders that are not renewals ÷ number of those orders",
    synonyms: [
      "average order value",
      "average order",
      "basket size",
      "average sale",
      "order value",
      "average purchase",
    ],
    dimensions: orderDimensions,
    edge_cases: [
      "Renewals are left out, else it tends to the price of the plan.",
      "No orders: n/a.",
      "By product: net sales of the product ÷ orders that contain it.",
    ],
    source: "METRICS 2",
    measure: {
      kind: "ratio",
      numerator: { fact: "orders", kind: "sum", expression: "f.net_sales_minor", where: "not f.is_renewal" },
      denominator: { fact: "orders", kind: "count", where: "not f.is_renewal" },
    },
    drill: "orders",
    better: "up",
  },
  {
    id: "units",
    version: 1,
    section: "orders",
    label: "Units sold",
    unit: "count",
    description: "How many pieces were sold.",
    formula: "Σ quantity of PRODUCT, UPSELL, PROGRAM and SERVICE items of counted orders",
    synonyms: ["units", "units sold", "quantity", "pieces", "items sold", "products sold", "how many sold"],
    dimensions: orderDimensions,
    edge_cases: [
      "A refund is not subtracted unless the whole order was refunded.",
      "Subscription items are not units.",
    ],
    source: "METRICS 2",
    measure: { kind: "value", value: { fact: "order_lines", kind: "sum", expression: "f.units" } },
    drill: "orders",
    better: "up",
  },
];
