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
export const rfmAt = (instants: string): string =>
  scored(`standing as (
    select distinct on (n.bucket, n.contact_id) n.*, v.currency, v.value_minor
    from (
      select i.bucket, o.account_id, o.contact_id, max(o.occasion_at) as last_at, count(*) as occasions
      from ${instants} i
      join analytics.occasions o on o.occasion_at < i.at and o.occasion_at >= i.at - interval '24 months'
      group by 1, 2, 3
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
  )`);

/**
 * The same from where customers stood when the days of the instants began, which must be kept (analytics.standings): only
 * who has bought since, or whose purchase of 24 months ago has passed, is worked out anew. Bounds in time are
 * columns of a step of their own: under row level security only a plain value is looked up in an index.
 */
export const rfmKeptAt = (instants: string): string =>
  grouped(
    `moments as materialized (
    select i.bucket, i.at, l.day, l.day::timestamp at time zone a.time_zone as opened_at
    from ${instants} i
    cross join analytics.account a
    cross join lateral (select (i.at at time zone a.time_zone)::date as day) l
  ),
  spells as materialized (
    select m.bucket, m.at, m.opened_at - ago.long as since, m.at - ago.long as until
    from moments m cross join (values (interval '0'), (interval '24 months')) as ago (long)
  ),
  moved as materialized (
    select distinct p.bucket, p.at, o.contact_id
    from spells p
    cross join lateral (
      select q.contact_id from analytics.orders q
      where q.order_time >= p.since and q.order_time < p.until and q.contact_id is not null
      offset 0
    ) o
  ),
  was as materialized (
    select m.bucket, s.currency, s.last_at, s.value_minor
    from moved x join moments m on m.bucket = x.bucket
    join analytics.standings s on s.day = m.day and s.contact_id = x.contact_id
  ),
  is_now as materialized (
    select x.bucket, a.account_id, x.contact_id, n.last_at, n.occasions, v.currency, v.value_minor
    from moved x
    cross join analytics.account a
    cross join lateral (
      select max(o.occasion_at) as last_at, count(*)::int as occasions
      from analytics.occasions o
      where o.contact_id = x.contact_id and o.occasion_at < x.at and o.occasion_at >= x.at - interval '24 months'
      having count(*) > 0
      offset 0
    ) n
    cross join lateral (
      select o.currency, sum(o.total_minor - coalesce(o.refund_total_minor, 0))::bigint as value_minor
      from analytics.orders o
      where o.contact_id = x.contact_id and o.order_time < x.at and o.order_time >= x.at - interval '24 months'
        -- As not o.is_renewal, of these orders alone.
        and not exists (select from analytics.renewal_orders r where r.order_id = o.order_id)
      group by 1
      having sum(o.total_minor - coalesce(o.refund_total_minor, 0)) > 0
      order by (o.currency = a.currency) desc, o.currency
      limit 1
    ) v
  ),
  lists as (
    select m.bucket, c.currency,
      (select l.amounts from analytics.standing_lists l where l.day = m.day and l.currency = c.currency) as list
    from moments m
    cross join lateral (
      select l.currency from analytics.standing_lists l where l.day = m.day and l.currency <> ''
      union
      select n.currency from is_now n where n.bucket = m.bucket
    ) c
  ),
  lately as (${keptFifths("select m.bucket, '' as currency, (select l.times from analytics.standing_lists l where l.day = m.day and l.currency = '') as list from moments m", "last_at", "")}),
  worth as (${keptFifths("select * from lists", "value_minor", " and x.currency = p.currency")}),
  cuts as materialized (
    select m.bucket, m.day, (select l.ends from lately l where l.bucket = m.bucket) as lately_ends, w.currencies, w.worth_ends
    from moments m
    left join (
      select w.bucket, array_agg(w.currency order by w.currency) as currencies, array_agg(w.ends order by w.currency) as worth_ends
      from worth w group by 1
    ) w on w.bucket = m.bucket
  )`,
    `select s.bucket, s.account_id, s.contact_id, s.currency, s.last_at, s.occasions, s.value_minor,
        ${fifthOf("s.last_at", "s.lately_ends")} as recency,
        ${fifthOf("s.value_minor", "s.worth_ends[s.place]")} as monetary
      from (
        select c.bucket, c.lately_ends, c.worth_ends, array_position(c.currencies, s.currency) as place,
          s.account_id, s.contact_id, s.currency, s.last_at, s.occasions, s.value_minor
        from cuts c
        join analytics.standings s on s.day = c.day
        where (c.bucket, s.contact_id) not in (select x.bucket, x.contact_id from moved x)
        union all
        select c.bucket, c.lately_ends, c.worth_ends, array_position(c.currencies, n.currency),
          n.account_id, n.contact_id, n.currency, n.last_at, n.occasions, n.value_minor
        from is_now n join cuts c on c.bucket = n.bucket
      ) s`,
  );

/**
 * Where the first four fifths end, of a kept list in order (`list` by bucket and currency) without those who were in it and
 * have moved, and with where they are now: a value at place p of what results lies no further from place p of the list
 * than as many have come or gone, and is the first up to which p of them are counted.
 */
function keptFifths(lists: string, value: string, also: string): string {
  const moved = (from: string) => `from ${from} x where x.bucket = p.bucket${also}`;
  return `select p.bucket, p.currency, array_agg((
      select min(c.value) from (
        select e.value, greatest(p.place - p.come, 1) - 1 + sum(e.weight) over (order by e.value) as so_far
        from (
          select unnest(p.list[greatest(p.place - p.come, 1):p.place + p.gone]) as value, 1 as weight
          union all select x.${value}, 1 ${moved("is_now")}
          union all select x.${value}, -1 ${moved("was")}
        ) e
      ) c where c.so_far >= p.place and p.place > 0
    ) order by p.place) as ends
    from (
      select n.*, (k.k * (coalesce(cardinality(n.list), 0) - n.gone + n.come) / 5)::int as place
      from (
        select p.*, (select count(*) ${moved("is_now")})::int as come, (select count(*) ${moved("was")})::int as gone
        from (${lists}) p
        offset 0
      ) n
      cross join generate_series(1, 4) as k (k)
      offset 0
    ) p
    group by p.bucket, p.currency`;
}

/** Values at which the first four fifths end: those of the places k × n ÷ 5, counted from the lowest; null before the first. */
const fifths = (value: string, by: string) =>
  `select ${by}, array[${[1, 2, 3, 4].map((k) => `v.list[(${k} * v.n / 5)::int]`).join(", ")}] as ends
    from (select ${by}, array_agg(${value} order by ${value}) as list, count(*) as n from standing group by ${by}) v`;
const fifthOf = (value: string, ends: string) =>
  `case when ${value} <= ${ends}[1] then 1 when ${value} <= ${ends}[2] then 2 when ${value} <= ${ends}[3] then 3 when ${value} <= ${ends}[4] then 4 else 5 end`;

/**
 * Scores of a step named `standing` (bucket, account_id, contact_id, last_at, occasions, currency, value_minor). Somebody's
 * fifth is ceil(5 × rank ÷ n), ties sharing the lower rank: at most k where the value is no higher than that of place k × n ÷ 5.
 */
const scored = (standing: string) =>
  grouped(
    `${standing},
  lately as materialized (${fifths("last_at", "bucket")}),
  worth as materialized (${fifths("value_minor", "bucket, currency")})`,
    `select s.bucket, s.account_id, s.contact_id, s.currency, s.last_at, s.occasions, s.value_minor,
        ${fifthOf("s.last_at", "l.ends")} as recency,
        ${fifthOf("s.value_minor", "w.ends")} as monetary
      from standing s
      join lately l on l.bucket = s.bucket
      join worth w on w.bucket = s.bucket and w.currency = s.currency`,
  );

/** The groups of rows that know recency and monetary. Each step is worked out once (offset 0), not wherever it is named. */
const grouped = (steps: string, scores: string) => `(with ${steps}
  select g.*, case
      when g.recency >= 4 and g.fm = 5 or g.recency = 5 and g.fm = 4 then 'champions'
      when g.recency >= 3 and g.fm >= 4 or g.recency >= 4 and g.fm = 3 then 'loyal'
      when g.recency >= 4 then 'recent'
      when g.recency = 3 then 'needs attention'
      when g.fm >= 4 or g.recency = 2 and g.fm = 3 then 'at risk'
      else 'inactive' end as rfm_group
  from (
    select r.*, (r.frequency + r.monetary + 1) / 2 as fm
    from (
      select q.*, case when q.occasions >= 6 then 5 when q.occasions >= 4 then 4 else q.occasions::int end as frequency
      from (
      ${scores}
      offset 0
      ) q
    ) r
    offset 0
  ) g)`;
