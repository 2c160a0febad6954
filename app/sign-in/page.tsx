import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SettingsProblem } from "../_components/settings-problem";
import { Wordmark } from "../_components/wordmark";
import { getSession } from "../_server/session";
import { readSettings, SettingsError } from "../_server/settings";
import { SignInForm } from "./_components/sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage() {
  const settings = trySettings();
  if (settings instanceof SettingsError) return <SettingsProblem message={settings.message} />;
  if (await getSession().catch(() => null)) redirect("/");
  const { KEAPSAKE_DEMO_EMAIL: email, KEAPSAKE_DEMO_PASSWORD: password } = settings;
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <Wordmark className="mb-8 justify-center" />
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
          <h1 className="text-lg font-semibold tracking-tight">Sign in</h1>
          <p className="mt-1 mb-6 text-sm text-muted">
            Ask your Keap data anything, and see it stay in sync.
          </p>
          <SignInForm demo={email && password ? { email, password } : null} />
        </div>
      </div>
    </main>
  );
}

function trySettings() {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}
