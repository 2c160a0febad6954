import { describe, expect, test } from "vitest";
import { asked as askedIn } from "@/agent/testing/asked";
import { studioContext } from "@/agent/testing/studio";

const context = studioContext();

const asked = (question: string) => askedIn(question, context);

/** None of these stands in the bank of wordings. */
const pairs: [string, string][] = [
  ["the people Mara Quint looks after", "people of Mara Quint"],
  ["subscriptions set to expire this month", "people whose subscription ends this month"],
  ["members due for a renewal next month", "people whose membership renews next month"],
  ["whose credit card got refused this month", "people whose card failed this month"],
  ["clients who went quiet", "show lapsed customers"],
  ["which clients are still active", "show active customers"],
  ["who shops with us most often", "top 10 customers by number of orders"],
  ["customers with only one purchase", "people who bought only once"],
  ["returning customers of Glaze Kit", "people who bought Glaze Kit more than once"],
  ["people who don't want any newsletters", "people who unsubscribed"],
  ["contacts with zero clicks", "people who never clicked an email"],
  ["contacts whose email address is empty", "people without an email address"],
  ["records entered twice", "show duplicate contacts"],
  ["clients with the biggest open balance", "who owes the most"],
  ["who attended a consultation with us last month", "people who had an appointment last month"],
];

describe("people in other words", () => {
  test.each(pairs)("%s: %s", (question, plain) => {
    expect(asked(question)).toEqual(asked(plain));
    expect(asked(question)).toBeInstanceOf(Array);
  });

  test.each([
    ["clients in Canada who went quiet", "show lapsed customers"],
    ["newsletter readers who bought Glaze Kit", "people who opened an email"],
    ["contacts with zero clicks in Texas", "people who never clicked an email"],
    ["debtors in Canada", "who owes us money"],
    ["dupes in Texas", "show duplicate contacts"],
    ["debtors of Mara Quint", "who owes us money"],
  ])("%s never stands for %s alone", (question, all) => {
    expect(asked(question)).not.toEqual(asked(all));
  });
});
