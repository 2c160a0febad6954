/**
 * RFM (METRICS 11) at instants: who bought in the 24 months before, scored 1 to 5 by how lately (R, fifths of the
 * customers), how often (F, fixed cuts: 1, 2, 3, 4 or 5, 6 or more occasions) and for how much (M, fifths within a
 * currency; what was refunded is taken off, and who got everything back is left out). Ties share the lower score.
 *
 * The groups, by R and by the mean of F and M, rounded up:
 *
 * |        | FM 5      | FM 4      | FM 3      | FM 2     | FM 1     |
 * | ------ | --------- | --------- | --------- | -------- | -------- |
 * | R 5    | champions | champions | loyal     | recent   | recent   |
 * | R 4    | champions | loyal     | loyal     | recent   | recent   |
 * | R 3    | loyal     | loyal     | needs attention      |||
 * | R 2    | at risk   | at risk   | at risk   | inactive | inactive |
 * | R 1    | at risk   | at risk   | inactive  | inactive | inactive |
 */
export const rfmGroups = ["champions", "loyal", "recent", "needs attention", "at risk", "inactive"] as const;
export type RfmGroup = (typeof rfmGroups)[number];

/**
 * SQL of a select in parentheses: one row per instant and customer with recency, frequency, monetary and rfm_group.
 * `instants` is SQL of a row source with the columns `bucket` and `at`.
 */
export const rfmAt = (instants: string) => `(select g.*, case
      when g.recency >= 4 and g.fm = 5 or g.recency = 5 and g.fm = 4 then 'champions'
      when g.recency >= 3 and g.fm >= 4 or g.recency >= 4 and g.fm = 3 then 'loyal'
      when g.recency >= 4 then 'recent'
      when g.recency = 3 then 'needs attention'
      when g.fm >= 4 or g.recency = 2 and g.fm = 3 then 'at risk'
      else 'inactive' end as rfm_group
  from (
    select s.*, (s.frequency + s.monetary + 1) / 2 as fm
    from (
      select c.bucket, c.account_id, c.contact_id, c.currency, c.last_at, c.occasions, c.value_minor,
        ceil(5.0 * rank() over (partition by c.bucket order by c.last_at) / count(*) over (partition by c.bucket))::int as recency,
        case when c.occasions >= 6 then 5 when c.occasions >= 4 then 4 else c.occasions::int end as frequency,
        ceil(5.0 * rank() over (partition by c.bucket, c.currency order by c.value_minor)
          / count(*) over (partition by c.bucket, c.currency))::int as monetary
      from (
        select distinct on (n.bucket, n.contact_id) n.*, v.currency, v.value_minor
        from (
          select i.bucket, i.at, o.account_id, o.contact_id, max(o.occasion_at) as last_at, count(*) as occasions
          from ${instants} i
          join analytics.occasions o on o.occasion_at < i.at and o.occasion_at >= i.at - interval '24 months'
          group by 1, 2, 3, 4
        ) n
        join (
          select i.bucket, o.account_id, o.contact_id, o.currency,
            sum(o.total_minor - coalesce(o.refund_total_minor, 0)) as value_minor
          from ${instants} i
          join analytics.orders o on o.order_time < i.at and o.order_time >= i.at - interval '24 months'
          where not o.is_renewal and o.contact_id is not null
          group by 1, 2, 3, 4
          having sum(o.total_minor - coalesce(o.refund_total_minor, 0)) > 0
        ) v on v.bucket = n.bucket and v.account_id = n.account_id and v.contact_id = n.contact_id
        cross join analytics.account a
        order by n.bucket, n.contact_id, (v.currency = a.currency) desc, v.currency
      ) c
    ) s
  ) g)`;
