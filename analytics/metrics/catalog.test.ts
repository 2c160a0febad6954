import { describe, expect, it } from "vitest";
import { getMetric, listMetrics, metrics } from "./catalog";
import { dimensions } from "./dimensions";
import { facts } from "./facts";
import { describeSettings, settings } from "./settings";

/** METRICS 18, as written there. */
const ids = `
sales_invoiced revenue_collected revenue_collected_ex_tax refunds refund_rate revenue_net revenue_share_subscription
receivable receivable_overdue failed_payments recovered_payments expected_cash
orders aov units items_per_order revenue_per_customer asp
active_subscriptions subscribers mrr arr mrr_new mrr_expansion mrr_contraction mrr_churn mrr_reactivation quick_ratio
customer_churn_rate revenue_churn_rate grr nrr arpa stick_rate subscription_ltv renewal_rate scheduled_churn
stalled_subscriptions revenue_at_risk
customers new_customers active_customers lapsed_customers reactivated_customers repeat_purchase_rate retention_rate
reactivation_rate cohort_retention clv clv_average purchase_gap_median rfm clv_predicted churn_risk next_order_date
contacts new_leads lead_conversion_rate conversion_score lead_value time_to_first_purchase cost_per_lead cac
lead_source_roi tags_applied tag_funnel
attributed_revenue attribution_coverage
emails_sent email_open_rate email_click_rate revenue_per_email unsubscribes list_health engagement_score
pipeline_value pipeline_weighted deals_won deals_won_value win_rate sales_velocity stage_time stage_conversion
appointments notes tasks_completed
affiliate_commissions affiliate_revenue duplicate_contacts contacts_without_email unused_tags sync_lag
unexplained_mismatches`
  .split(/\s+/)
  .filter(Boolean);

/** Beyond METRICS 18: how many there are of what metrics there give as a share or an amount, the two averages that velocity is made of,
 * two sums that METRICS takes apart, and deals by the day they were created
 * (docs/decisions.md). */
const counts = `
subscribers_lost subscribers_gained subscribers_returned revenue_subscription revenue_single refunds_given buyers orders_per_customer
repeat_customers second_purchase_gap emails_opened emails_clicked mailable_contacts deals_lost deals_lost_value deals_created deals_open deal_size days_to_win marketing_cost mrr_net_new`
  .split(/\s+/)
  .filter(Boolean);

describe("the registry", () => {
  it("holds the specified metrics, their counts and no others", () => {
    expect(ids).toHaveLength(93);
    expect(counts).toHaveLength(21);
    expect(metrics.map(({ id }) => id).sort()).toEqual([...ids, ...counts].sort());
  });

  it("says all that is to be said of each", () => {
    for (const metric of listMetrics()) {
      expect(metric.source, metric.id).toMatch(/^METRICS \d/);
      expect(metric.edge_cases.length, metric.id).toBeGreaterThan(0);
      expect(metric.synonyms.length, metric.id).toBeGreaterThan(0);
      expect(metric.formula.length, metric.id).toBeGreaterThan(3);
      expect(metric.dimensions[0], metric.id).toBe("time");
      expect(metric.dimensions.length, metric.id).toBeGreaterThan(1);
      expect(metric.grains, metric.id).toEqual(["day", "week", "month", "quarter", "year"]);
    }
  });

  it("gives no two metrics one name", () => {
    const labels = metrics.map(({ label }) => label.toLowerCase());
    expect(new Set(labels).size).toBe(labels.length);
  });

  it("uses every fact, dimension and setting", () => {
    const text = JSON.stringify(metrics);
    for (const fact of Object.keys(facts)) expect(text, fact).toContain(`"${fact}"`);
    for (const dimension of Object.keys(dimensions)) expect(text, dimension).toContain(`"${dimension}"`);
    for (const setting of Object.keys(settings)) expect(text, setting).toContain(`"${setting}"`);
  });
});

describe("settings that change a meaning", () => {
  it("says what holds for the account", () => {
    const of = (id: string) => [getMetric(id) ?? {}];
    expect(describeSettings(of("mrr_churn"), {})).toEqual([
      "A subscription ends when the paid service ends.",
      "A new subscription within 7 days of an old one's end replaces it.",
    ]);
    expect(describeSettings(of("mrr_churn"), { churn_date: "cancelled_at", swap_window_days: 14 })).toEqual([
      "A subscription ends when it is cancelled.",
      "A new subscription within 14 days of an old one's end replaces it.",
    ]);
    expect(describeSettings(of("aov"), { net_sales_include_shipping: true })).toEqual([
      "Net sales are without tax and with shipping.",
    ]);
    expect(describeSettings(of("orders"), {})).toEqual([]);
  });
});
