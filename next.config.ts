import type { NextConfig } from "next";

/**
 * The content security policy carries a nonce per request and is therefore set in `proxy.ts`;
 * the headers here are the ones that never change.
 */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
];

const config: NextConfig = {
  distDir: process.env.KEAPSAKE_DIST_DIR ?? ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm run types` checks them; checking twice would double the first start.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  // Packages with wasm, workers or native parts stay outside the bundle and load from node_modules.
  serverExternalPackages: ["@electric-sql/pglite", "@supabase/lite", "libpg-query", "postgres", "msw"],
  experimental: { optimizePackageImports: ["radix-ui", "lucide-react"] },
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
