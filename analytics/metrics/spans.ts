/**
 * Subscriptions while they count. One that is active but 30 days behind with a bill ended when that bill fell due; it
 * comes back as soon as it is paid.
 */
export const spans = `(select e.* from (
    select s.*, case
      when s.active and s.unpaid_since + interval '30 days' <= :now then s.unpaid_since
      else s.valid_to end as ends_at
    from analytics.subscription_spans s
  ) e where e.ends_at is null or e.ends_at > e.valid_from)`;
