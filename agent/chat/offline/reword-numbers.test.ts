import { describe, expect, test } from "vitest";
import { asked as askedIn } from "@/agent/testing/asked";
import { studioContext } from "@/agent/testing/studio";

const context = studioContext();

const asked = (question: string) => askedIn(question, context);

/** None of these stands in the bank of wordings. */
const pairs: [string, string][] = [
  ["how has our turnover evolved from month to month this year", "revenue by month this year"],
  ["quarterly takings summary last year", "revenue by quarter last year"],
  ["are we earning less or more money this quarter", "revenue this quarter vs the previous period"],
  ["are sales growing or shrinking this month", "revenue this month vs the previous period"],
  ["are people placing fewer or more orders this month", "orders this month vs the previous period"],
  ["orders divided among the sources this year", "orders by lead source this year"],
  ["which portion of revenue comes from every country this year", "share of revenue by country this year"],
  ["sales minus refunds last month", "net revenue last month"],
  ["how much money did we retain after all refunds last year", "net revenue last year"],
  ["money given back to customers by product this year", "refunds by product this year"],
  ["how large was the typical basket last quarter", "average order value last quarter"],
  ["how much did existing clients spend last month", "revenue from returning customers last month"],
  ["what did newly won customers pay us last month", "revenue from new customers last month"],
  ["who on our team brought in the most money this year", "top owner by revenue this year"],
  ["how much money is past due", "overdue receivable"],
];

describe("numbers in other words", () => {
  test.each(pairs)("%s: %s", (question, plain) => {
    expect(asked(question)).toEqual(asked(plain));
    expect(asked(question)).toBeInstanceOf(Array);
  });

  test("what rose or fell is not split where no period is named for it", () => {
    expect(asked("is revenue growing or shrinking")).not.toEqual(asked("revenue by month"));
  });

  test("a condition that stands between is never lost", () => {
    expect(asked("money given back to customers in Canada this year")).toEqual(
      asked("refunds to customers in Canada this year"),
    );
    expect(asked("how much did existing clients in Canada spend last month")).not.toEqual(
      asked("revenue from returning customers last month"),
    );
  });
});
