/**
 * Flow control shared by the sync's functions: one run at a time per account, and no more than so many starts a minute,
 * so that a storm of events cannot starve the other accounts.
 */
export const perAccount = {
  concurrency: { limit: 1, key: "event.data.account_id" },
  throttle: { limit: 30, period: "1m", burst: 10, key: "event.data.account_id" },
} as const;
