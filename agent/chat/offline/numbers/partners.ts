/**
 * `our best affiliates`: ranked by what they sold, not people who hold a tag of that name. Told here, before people are
 * looked for.
 */
export function asksForPartners(question: string): boolean {
  return (
    /\b(?:best|top|worst|biggest|leading|strongest|which|what) (?:\d+ |performing |selling )*(?:affiliates?|partners)\b|\b(?:by|per|each) (?:affiliate|partner)\b/i.test(
      question,
    ) && !/\btag(?:ged|s)?\b/i.test(question)
  );
}
