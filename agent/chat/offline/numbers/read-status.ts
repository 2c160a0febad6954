import type { FoundName } from "../read-names";
import type { Scanner } from "../scanner";

/**
 * `people … who are members today`, `the ones that aren't members`: a condition on people, not the number of members.
 * Only where another number is asked for, which the caller knows.
 */
export function readStatus(scanner: Scanner): FoundName | undefined {
  const match = scanner.take(
    /(?<![\p{L}])(?:(?:and|but|who|that|which|they|people|customers|leads|those|ones|the) )*(?:(?:are|is|were|was)(?: (?:now|today|still|currently|also|already))* (not (?:yet )?)?(?:an? |active |paying |current )*(?:members?|subscribers?)(?: (?:today|now|still|anymore|any more|yet|at the moment|right now))?(?! (?:worth|pay|pays|cost|costs))|(non)[- ](?:members?|subscribers?))(?![\p{L}])/u,
  );
  if (!match) return undefined;
  return {
    kind: "customer_status",
    value: "subscriber",
    filter: "subscriber",
    negated: Boolean(match[1] ?? match[2]),
    hinted: true,
    said: match[0].trim(),
  };
}
