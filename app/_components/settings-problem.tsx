import { Wordmark } from "./wordmark";

/** Shown instead of the product while required settings are missing: names each one and the cure. */
export function SettingsProblem({ message }: { message: string }) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center gap-4 px-6 py-12">
      <Wordmark />
      <h1 className="mt-4 text-lg font-semibold">Keapsake is not set up yet</h1>
      <ul className="list-disc space-y-1.5 pl-5 text-sm text-muted">
        {message.split("\n").map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className="text-sm text-muted">
        Run <code className="font-mono text-ink">npm run doctor</code> to check every setting at once.
      </p>
    </main>
  );
}
