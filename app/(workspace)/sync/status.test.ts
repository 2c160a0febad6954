import { describe, expect, it } from "vitest";
import { isMoving, type SyncStatus, summarise } from "./status";
import type { Health, Verification } from "./status-schema";

function health(changes: Partial<Health>): Health {
  return {
    entity: "contacts",
    stream: "backfill",
    state: "done",
    done: 10,
    estimated_total: 10,
    pages: 1,
    watermark: null,
    due_at: null,
    error: null,
    cure: null,
    started_at: null,
    finished_at: null,
    updated_at: "2026-05-01T00:00:00Z",
    waiting: 0,
    stuck: 0,
    rejected: 0,
    ...changes,
  };
}

function compared(changes: Partial<Verification> = {}): Verification {
  return {
    entity: "contacts",
    finished_at: "2026-05-01T00:00:00Z",
    compared: 10,
    in_flight: 0,
    conflict_held: 0,
    excluded: 0,
    unexplained: 0,
    under_way_since: null,
    under_way_compared: null,
    under_way_total: null,
    under_way_unexplained: null,
    ...changes,
  };
}

function status(changes: Partial<SyncStatus>): SyncStatus {
  return {
    connection: null,
    health: [health({})],
    runs: [],
    log: [],
    deadLetters: [],
    conflicts: [],
    conflictsHeld: 0,
    holds: [],
    rejected: [],
    verification: [compared()],
    mismatches: [],
    switches: [],
    policies: [],
    quota: null,
    waitingSince: null,
    dataAsOf: null,
    readAt: "2026-05-01T00:00:00Z",
    ...changes,
  };
}

describe("the sync in one line", () => {
  it("is green only when nothing waits", () => {
    expect(summarise(status({})).tone).toBe("positive");
    expect(summarise(status({ health: [health({ waiting: 1 })] }))).toMatchObject({
      tone: "info",
      title: "1 change is on the way to Keap",
    });
    expect(summarise(status({ health: [health({ stuck: 2 })] })).tone).toBe("warning");
    expect(summarise(status({ health: [] })).title).toBe("Nothing copied yet");
  });

  it("never says they match uncompared (I17)", () => {
    const not = (changes: Partial<SyncStatus>) =>
      expect(summarise(status(changes)).tone).not.toBe("positive");
    not({ verification: [] });
    not({ verification: [compared({ finished_at: null, compared: null })] });
    not({ verification: [compared({ finished_at: "2026-04-28T00:00:00Z" })] });
    not({ verification: [compared({ unexplained: 1 })] });
    not({ verification: [compared({ under_way_unexplained: 1 })] });
    not({ health: [health({}), health({ entity: "orders" })] });
    not({ switches: [{ entity: "contacts", paused: true, outbound: true, creates: true, deletes: false }] });
    not({ conflictsHeld: 1 });
    not({ rejected: [{ entity: "contacts", key: "1", reason: "", times: 1, last_at: "" }] });
    expect(summarise(status({})).title).toBe("Both sides match");
  });

  it("counts a waiting change once per kind", () => {
    const both = [health({ waiting: 3 }), health({ waiting: 3, stream: "poll" })];
    expect(summarise(status({ health: both })).title).toBe("3 changes are on the way to Keap");
  });

  it("shows the connection's cure first", () => {
    const connection = {
      state: "attention",
      message: "Keap refuses the key",
      cure: "Make a new key in Keap and set KEAP_TOKEN.",
      retry_at: null,
      since: "2026-05-01T00:00:00Z",
      last_ok_at: null,
    };
    expect(summarise(status({ connection }))).toEqual({
      tone: "negative",
      title: "Keap refuses the key",
      detail: "Make a new key in Keap and set KEAP_TOKEN.",
    });
  });

  it("looks again soon while something moves", () => {
    expect(isMoving(status({}))).toBe(false);
    expect(isMoving(status({ health: [health({ state: "running" })] }))).toBe(true);
  });
});
