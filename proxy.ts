import { createServerClient } from "@supabase/ssr";
import { type NextRequest, NextResponse } from "next/server";

/**
 * Runs before every page: makes the nonce of the content security policy and keeps the session
 * fresh (only here can a refreshed cookie reach both the page and the browser).
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);

  const cookies = await refreshSession(request);
  if (cookies.length > 0) headers.set("cookie", request.cookies.toString());

  const response = NextResponse.next({ request: { headers } });
  for (const { name, value, options } of cookies) response.cookies.set(name, value, options);
  response.headers.set("content-security-policy", policy);
  return response;
}

type SessionCookie = { name: string; value: string; options: Parameters<NextResponse["cookies"]["set"]>[2] };

async function refreshSession(request: NextRequest): Promise<SessionCookie[]> {
  const url = process.env.SUPABASE_URL;
  const key = process.env.SUPABASE_PUBLISHABLE_KEY;
  const signedIn = request.cookies.getAll().some(({ name }) => name.includes("auth-token"));
  if (!url || !key || !signedIn) return [];
  const changed: SessionCookie[] = [];
  const client = createServerClient(url, key, {
    cookieOptions: { name: "keapsake-auth-token" },
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll: (all) => {
        for (const { name, value, options } of all) {
          request.cookies.set(name, value);
          changed.push({ name, value, options });
        }
      },
    },
  });
  // Reads the cookie and refreshes it when it is about to expire; pages verify the token themselves.
  await client.auth.getSession().catch(() => undefined);
  return changed;
}

function contentSecurityPolicy(nonce: string): string {
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // The development server injects styles of its own without the nonce.
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // Charts position their labels with style attributes; an attribute cannot load or run anything.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws: wss:" : ""}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = {
  matcher: [
    {
      source: "/((?!api/mcp|api/inngest|api/hooks|api/wake|_next/static|_next/image|favicon.ico|icon.svg).*)",
      missing: [
        { type: "header", key: "next-router-prefetch" },
        { type: "header", key: "purpose", value: "prefetch" },
      ],
    },
  ],
};
