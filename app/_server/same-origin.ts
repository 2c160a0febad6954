import "server-only";

/**
 * True when a writing request comes from a page of this app. Cookies are same-site already; this also stops a request
 * from a sibling host, and one whose browser says that it is cross-site.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site) return site === "same-origin" || site === "none";
  const origin = request.headers.get("origin");
  if (!origin) return true;
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}
