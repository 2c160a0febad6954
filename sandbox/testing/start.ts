import { createSandbox, type Sandbox, type SandboxOptions } from "../sandbox";
import { createTestClient } from "./client";
import { createSmallAccount } from "./small-account";

/** The moment every test starts at; the clock stands still until a test moves it. */
export const testNow = "2026-02-01T12:00:00.000Z";

/** A sandbox over the small account, without limits, and a client for it. */
export function startSmallSandbox(options: SandboxOptions = {}): {
  sandbox: Sandbox;
  call: ReturnType<typeof createTestClient>;
} {
  const sandbox = createSandbox({
    account: createSmallAccount(),
    limits: "off",
    now: testNow,
    scale: 0,
    ...options,
  });
  return { sandbox, call: createTestClient(sandbox) };
}
