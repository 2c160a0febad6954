import { describe, expect, it } from "vitest";
import { checkPlanner } from "./planner-cases";
import { playHistory } from "./testing/history";

describe("random histories", () => {
  it("hold every invariant without faults", async () => {
    for (let seed = 900_001; seed <= 900_025; seed += 1)
      expect((await playHistory({ seed, calm: true })).broken, `seed ${seed}`).toEqual({});
  });

  it("hold every invariant under faults and kills", async () => {
    for (let seed = 1; seed <= 50; seed += 1)
      expect((await playHistory({ seed })).broken, `seed ${seed}`).toEqual({});
  }, 60_000);

  it("hold where the engine once failed", async () => {
    // 319, 444: a list left a record out · 5060: deleted while it was being made · 5522: a poll settled what a push had sent
    for (const seed of [319, 444, 5060, 5522])
      expect((await playHistory({ seed, narrow: true })).broken, `seed ${seed}`).toEqual({});
  });

  it("hold with other kinds of record where the engine once failed", async () => {
    // 55: nobody asked for a deleted company · 204: an edited line went with Keap's · 515, 202678: a line changed while its
    // order counted as known · 200249: a line was read before its create was settled · 203013: a page older than a line took
    // it away · 203694: a worker slept before it made a person · 206701: a page older than a delete brought the note back ·
    // 216563, 247234: an order read again undid a push for a while · 221841: lines of a restored order were deleted in Keap ·
    // 341677: a run that stood still said "pushing" of what another had settled · 348111: an order came back while it was deleted ·
    // 530283: a run that stood still deleted what another had brought back · 535884, 554573: a line came back without its order ·
    // 550512: a survivor that is gone itself stopped every sweep · 553827: a page agreed to a change of
    // what was being deleted · 558998: what was made for a deleted note took the base of another row ·
    // 625898: a plan older than the answer to a new line undid Keap's change of another line ·
    // 752823: a tag that was renamed while its create had no answer was made a second time
    for (const seed of [
      55, 204, 515, 200_249, 202_678, 203_013, 203_694, 206_701, 216_563, 221_841, 247_234, 341_677, 348_111,
      530_283, 535_884, 550_512, 554_573, 553_827, 558_998, 625_898, 752_823,
    ])
      expect((await playHistory({ seed })).broken, `seed ${seed}`).toEqual({});
  });

  it("are the same again from their seed", async () => {
    const first = await playHistory({ seed: 77 });
    const again = await playHistory({ seed: 77 });
    expect(again.log).toEqual(first.log);
  });
});

describe("the planner", () => {
  it("keeps its promises on random records", () => {
    expect(checkPlanner({ runs: 20_000, seed: 1 }).failed).toEqual([]);
  });
});
