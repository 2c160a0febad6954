import { DateTime } from "luxon";

interface GoalPeriod {
  label: string;
  from: string;
  /** Last day, included. */
  to: string;
}

/** The months, quarters and years that a goal is usually set for, from a day `2026-11-23` of the account's zone. */
export function goalPeriods(today: string): GoalPeriod[] {
  const day = DateTime.fromISO(today, { zone: "utc" });
  return (["month", "quarter", "year"] as const).flatMap((unit) =>
    ["this", "next"].map((which) => {
      const size = { [`${unit}s`]: 1 };
      const start = which === "this" ? day.startOf(unit) : day.startOf(unit).plus(size);
      const named = { month: "LLLL yyyy", quarter: "'Q'q yyyy", year: "yyyy" }[unit];
      return {
        label: `${which} ${unit}, ${start.setLocale("en").toFormat(named)}`,
        from: start.toFormat("yyyy-MM-dd"),
        to: start.plus(size).minus({ days: 1 }).toFormat("yyyy-MM-dd"),
      };
    }),
  );
}
