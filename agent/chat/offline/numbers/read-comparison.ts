import type { Grain } from "@/analytics/query/query";
import type { TimeReading } from "../read-time";
import type { Scanner } from "../scanner";

/** Ways to ask for a comparison that name no second period of their own. */
export interface ComparisonReading {
  against?: TimeReading["against"];
  /** The words that asked for it. */
  said?: string;
  /** `% change?`, `the difference`: of what was just shown, where that was compared already. */
  change?: string;
  /** The stretch at whose beginning it is set beside. */
  sinceStart?: Grain;
  /** A goal that is kept nowhere, as it was said. */
  target?: string;
}

export function readComparison(scanner: Scanner): ComparisonReading {
  const reading: ComparisonReading = {};
  const beside = scanner.take(
    /(?<![\p{L}])(?:(?:and|add|with|show|include|plus) )*(?:the )?(?:(last year|previous year|prior year|year before|a year ago|year ago)|(?:previous|prior|last) period|period before)(?:'s)?(?: numbers?| figures?)? (?:as|for|in) (?:a |the )?(?:comparison|reference|contrast)(?![\p{L}])/u,
  );
  if (beside) {
    reading.against = { relative: beside[1] ? "previous_year" : "previous_period" };
    reading.said = beside[0].trim();
  }
  // `same but a year ago`: set beside the answer before.
  if (
    scanner.take(
      /^ ?(?:and |now )?(?:the )?same(?: thing| numbers?| question)?(?: but| for| as of| only)*(?: as of)? (?:a|one|1) year (?:ago|earlier|before|back)(?![\p{L}])/u,
    )
  )
    reading.against = { relative: "previous_year" };
  // `the last 12 months vs the 12 months before`: as long a stretch again.
  const stretch = scanner.take(
    /(?<![\p{L}])(?:vs|versus|against|compared (?:to|with)|and|than(?: in)?|over) (?:the )?(?:(?:\d{1,3} |same )?(?:days|weeks|months|quarters|years|number of (?:days|weeks|months)|period|time) (?:before(?: (?:that|this|it|those|them|then))?|prior(?: to (?:that|this))?|preceding(?: (?:that|those))?|earlier)|(?:previous|prior|preceding) (?:\d{1,3}|ones?)(?: (?:days|weeks|months|quarters|years))?)(?![\p{L}])/u,
  );
  if (stretch) {
    reading.against = { relative: "previous_period" };
    reading.said = stretch[0].trim();
  }
  const start = scanner.take(
    /(?<![\p{L}])(?:than|vs|versus|compared (?:to|with)|against|since)(?: (?:we had|there were|it was))?(?: (?:at|in|on))? (?:the )?(?:start|beginning|first day|1st) of (?:the|this) (year|quarter|month|week)(?![\p{L}])/u,
  );
  if (start) {
    reading.sinceStart = start[1] as Grain;
    reading.change = start[0].trim();
    reading.against = { relative: "previous_period" };
  }
  const target = scanner.take(
    /(?<![\p{L}])(?:(?:vs|versus|against|compared (?:to|with)|relative to|towards|to) )?(?:(?:a|an|the|our|my|this month's) )*(?:target|goal|budget|quota)s?(?: (?:of|is|at))?(?: [$€£]?\d[\d,.]*(?:k|m)?(?![\p{L}\d]))?/u,
  );
  if (target) reading.target = target[0].trim();
  const change = scanner.take(
    /(?<![\p{L}\p{N}])(?:(?:the |in )?(?:%|percent(?:age)?)(?: points?)? (?:change|growth|difference|increase|decrease)|(?:change|growth|difference|diff) ?(?:in )?(?:%|percent(?:age)?)(?![\p{L}])|diff(?![\p{L}])|(?<=^ ?(?:and |so |whats |what is |what was |show )*(?:the )?)(?:change|difference|growth)(?= *$))/u,
  );
  if (change) {
    reading.change = change[0].trim();
    reading.against ??= { relative: "previous_period" };
  }
  return reading;
}
