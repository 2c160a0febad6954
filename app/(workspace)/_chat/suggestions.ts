/** First questions for an empty chat; each can be answered from what a first copy of Keap brings. */
export const firstQuestions: { label: string; question: string }[] = [
  { label: "How is the year going?", question: "revenue by month this year" },
  { label: "What sells best?", question: "top 10 products by revenue last 12 months" },
  { label: "Where do leads come from?", question: "new leads by lead source last 6 months" },
  { label: "Are orders growing?", question: "orders by month this year vs last year" },
  { label: "What is an order worth?", question: "average order value by quarter" },
  { label: "How much goes back?", question: "refunds by month last 12 months" },
];
