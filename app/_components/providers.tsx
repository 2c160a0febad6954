"use client";

import { ThemeProvider } from "next-themes";
import { type ReactNode, useEffect } from "react";
import { ToastProvider } from "./toast";

/** Theme (light, dark or the system's) and short messages, for every page. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  useEffect(() => {
    // Menus add a style element while they are open; their library takes the nonce from this name.
    if (nonce) (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;
  }, [nonce]);
  return (
    // On the client the attribute is blanked by the browser, so the server's value is the only one used.
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem nonce={nonce}>
      <ToastProvider>{children}</ToastProvider>
    </ThemeProvider>
  );
}
