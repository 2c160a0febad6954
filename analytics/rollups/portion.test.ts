import { describe, expect, it } from "vitest";
import { Portion } from "./portion";

/** Sizes of the next statements, of which each takes `alone` and `each` ms for every one it does. */
async function sizes(alone: number, each: number, { calls = 8, size = 31, least = 3, most = 400 } = {}) {
  let now = 0;
  const portion = new Portion(() => now, size, least, most);
  const taken: number[] = [];
  for (let call = 0; call < calls; call++) {
    const asked = portion.size;
    await portion.take(
      async () => {
        now += alone + each * asked;
      },
      () => asked,
    );
    taken.push(portion.size);
  }
  return taken;
}

describe("how much a statement does", () => {
  it("takes 1.2 seconds where the time goes into what it does", async () => {
    expect((await sizes(0, 40)).at(-1)).toBe(30);
    expect((await sizes(0, 400)).at(-1)).toBe(3);
  });

  it("grows to twice as much at most with each", async () => {
    expect(await sizes(0, 1, { calls: 4 })).toEqual([62, 124, 248, 400]);
  });

  it("does not shrink for what a statement costs by itself", async () => {
    // 1.5 s alone: as long again, but no longer than 1.2 s, for what it does.
    expect((await sizes(1_500, 40)).at(-1)).toBe(30);
    // 0.5 s alone leave 0.7 s.
    expect((await sizes(500, 10)).at(-1)).toBe(70);
  });
});
