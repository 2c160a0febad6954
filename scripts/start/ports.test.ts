import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { findPort } from "./ports";

describe("finding a port", () => {
  it("passes over one that is taken", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen({ port: 0, host: "127.0.0.1" }, () =>
        resolve((holder.address() as { port: number }).port),
      );
    });
    try {
      expect(await findPort(port, new Set())).toBeGreaterThan(port);
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  });

  it("gives no port out twice", async () => {
    const taken = new Set<number>();
    const first = await findPort(45_000, taken);
    expect(await findPort(first, taken)).not.toBe(first);
  });
});
