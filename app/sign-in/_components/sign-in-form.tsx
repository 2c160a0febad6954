"use client";

import { CircleAlert } from "lucide-react";
import { useActionState, useRef } from "react";
import { Button } from "../../_components/button";
import { Field, Input } from "../../_components/field";
import { signIn } from "../actions";

/** E-mail and password; with `demo` also one click for the invented business of `npm start`. */
export function SignInForm({ demo }: { demo: { email: string; password: string } | null }) {
  const [state, action, pending] = useActionState(signIn, { email: "" });
  const form = useRef<HTMLFormElement>(null);

  function enterDemo() {
    if (!demo || !form.current) return;
    for (const name of ["email", "password"] as const) {
      const input = form.current.elements.namedItem(name);
      if (input instanceof HTMLInputElement) input.value = demo[name];
    }
    form.current.requestSubmit();
  }

  return (
    <form ref={form} action={action} className="flex flex-col gap-4">
      {state.error && (
        <p role="alert" className="flex gap-2 rounded-md bg-negative-soft px-3 py-2 text-sm text-negative">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {state.error}
        </p>
      )}
      <Field label="E-mail" htmlFor="email">
        <Input
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          required
          key={state.email}
          defaultValue={state.email}
        />
      </Field>
      <Field label="Password" htmlFor="password">
        <Input id="password" name="password" type="password" autoComplete="current-password" required />
      </Field>
      <Button type="submit" variant="primary" busy={pending} className="mt-1 h-10">
        {pending ? "Signing in…" : "Sign in"}
      </Button>
      {demo && (
        <div className="border-t border-line pt-4 text-[13px] text-muted">
          <p>This is a demo business with invented people.</p>
          <p className="mt-1 break-all">
            <code className="font-mono text-ink">{demo.email}</code> ·{" "}
            <code className="font-mono text-ink">{demo.password}</code>
          </p>
          <Button size="small" className="mt-3 w-full" disabled={pending} onClick={enterDemo}>
            Sign in as the demo owner
          </Button>
        </div>
      )}
    </form>
  );
}
