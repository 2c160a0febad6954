/** Says that the web app answers. It promises nothing about the parts behind it: see `npm run doctor`. */
export function GET(): Response {
  return Response.json({ ok: true }, { headers: { "cache-control": "no-store" } });
}
