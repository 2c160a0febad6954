import type { Sandbox } from "../sandbox";

/** Answers the control page and its JSON API; null for a call that is Keap's. */
export async function handleControl(_sandbox: Sandbox, _request: Request): Promise<Response | null> {
  return null;
}
