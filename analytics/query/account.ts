/** What must be known of an account to answer a question: its clock, its money and its week. */
export interface AnalyticsAccount {
  id: string;
  name: string;
  /** IANA name, such as America/New_York. */
  time_zone: string;
  /** ISO 4217 code of the account's own currency. */
  currency: string;
  /** 1 is Monday … 7 (or 0) is Sunday. */
  week_start: number;
}
