export const dynamic = "force-dynamic";

/** Says that the web app answers; it names no part and no version to the world. */
export function GET(): Response {
  return Response.json({ ok: true });
}
