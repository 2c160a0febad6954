import { describe, expect, it } from "vitest";
import { heldByToken, opening, type Reading, readSideBySide, unknownLength } from "./side-by-side";

/** Lists of so many pages; each turn of the world, every page that was asked for arrives. */
function listsOf(pages: Record<string, number>) {
  const read: string[] = [];
  let underWay = 0;
  let most = 0;
  let turns = 0;
  const arrive: (() => void)[] = [];
  const readingOf = (list: string, then: () => Reading[] = () => []): Reading => {
    let left = pages[list] ?? 0;
    const own: Reading = {
      list,
      urgency: () => left,
      async next() {
        read.push(list);
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => arrive.push(resolve));
        underWay -= 1;
        left -= 1;
        return left > 0 ? [own] : then();
      },
    };
    return own;
  };
  const run = async (readings: Reading[], options: { pagesAtOnce?: number; pages?: number } = {}) => {
    let allowed = options.pages ?? Number.POSITIVE_INFINITY;
    const failures: string[] = [];
    let ended: boolean | null = null;
    const whole = readSideBySide(readings, {
      pagesAtOnce: options.pagesAtOnce ?? 3,
      begin: () => allowed-- > 0,
      failed: (list, cause) => failures.push(`${list}: ${(cause as Error).message}`),
    }).then((answer) => {
      ended = answer;
    });
    for (; ended === null; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const one of arrive.splice(0)) one();
    }
    await whole;
    return { whole: ended as boolean, failures, most, turns };
  };
  return { read, readingOf, run };
}

describe("lists read side by side", () => {
  it("end together, however long each is", async () => {
    const pages = { a: 30, b: 2, c: 7, d: 1, e: 12, f: 5, g: 3 };
    const { read, readingOf, run } = listsOf(pages);
    const { whole, most, turns } = await run(Object.keys(pages).map((list) => readingOf(list)));
    expect(whole).toBe(true);
    expect(most).toBe(3);
    for (const [list, count] of Object.entries(pages))
      expect(read.filter((one) => one === list)).toHaveLength(count);
    // 60 pages, three at a time, and the longest has 30 that only follow one another: 30 rounds are the least
    expect(turns).toBeLessThanOrEqual(32);
  });

  it("goes on with what a token holds before anything else but what is unknown", async () => {
    const { read, readingOf, run } = listsOf({ long: 3, held: 2, unknown: 1 });
    const held = { ...readingOf("held"), urgency: () => heldByToken };
    const unknown = { ...readingOf("unknown"), urgency: () => unknownLength };
    await run([readingOf("long"), held, unknown], { pagesAtOnce: 1 });
    expect(read.slice(0, 2)).toEqual(["unknown", "held"]);
  });

  it("begin when what they wait for has ended", async () => {
    const { read, readingOf, run } = listsOf({ people: 2, mails: 9 });
    const mails = opening("mails", async () => [readingOf("mails")]);
    expect(await run([readingOf("people", () => [mails])])).toMatchObject({ whole: true });
    expect(read.slice(0, 3)).toEqual(["people", "people", "mails"]);
    expect(read).toHaveLength(11);
  });

  it("stop at the end of their page when one fails, and say which", async () => {
    const { read, readingOf, run } = listsOf({ a: 9, b: 9 });
    const broken: Reading = {
      list: "c",
      urgency: () => unknownLength,
      next: () => Promise.reject(new Error("no answer")),
    };
    expect(await run([readingOf("a"), readingOf("b"), broken])).toMatchObject({
      whole: false,
      failures: ["c: no answer"],
    });
    expect(read).toEqual(["a", "b"]);
  });

  it("are not whole when the time is up", async () => {
    const { read, readingOf, run } = listsOf({ a: 4, b: 4 });
    expect(await run([readingOf("a"), readingOf("b")], { pages: 5 })).toMatchObject({
      whole: false,
      failures: [],
    });
    expect(read).toHaveLength(5);
  });
});
