"use client";

import { useRouter } from "next/navigation";
import { useId, useState, useTransition } from "react";
import type { ErasurePreview } from "@/sync/operations/erase/erase";
import { Button } from "../../../../_components/button";
import { Dialog } from "../../../../_components/dialog";
import { Field, Input } from "../../../../_components/field";
import { useToast } from "../../../../_components/toast";
import { formatCount, plural } from "../../../../_lib/format";
import { eraseContact, lookAtErasure } from "../../../sync/actions";

/** Forgets the person for good: what it touches is shown first, and their name is typed to confirm. */
export function EraseContact({ contact }: { contact: string }) {
  const notify = useToast();
  const [preview, setPreview] = useState<ErasurePreview | null>(null);
  const [looking, start] = useTransition();
  const look = () =>
    start(async () => {
      const answer = await lookAtErasure(contact);
      if (answer.ok) setPreview(answer.value);
      else notify(answer.message, "error");
    });
  return (
    <>
      <Button variant="ghost" size="small" className="text-negative" busy={looking} onClick={look}>
        Erase this person…
      </Button>
      {preview && <Confirm preview={preview} onClose={() => setPreview(null)} />}
    </>
  );
}

function Confirm({ preview, onClose }: { preview: ErasurePreview; onClose: () => void }) {
  const id = useId();
  const router = useRouter();
  const notify = useToast();
  const [typed, setTyped] = useState("");
  const [inKeap, setInKeap] = useState(false);
  const [pending, start] = useTransition();
  const erase = () =>
    start(async () => {
      const { ok, message } = await eraseContact(preview.record_id, typed, inKeap);
      notify(message, ok ? "success" : "error");
      if (ok) router.push("/contacts");
    });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Erase ${preview.name}`}
      description="For a person who asks to be forgotten. This cannot be undone."
    >
      <form
        className="space-y-4 text-[13px]"
        onSubmit={(event) => {
          event.preventDefault();
          erase();
        }}
      >
        <Touched preview={preview} />
        {preview.in_keap && (
          <label className="flex items-start gap-2">
            <input
              type="checkbox"
              className="mt-0.5"
              checked={inKeap}
              onChange={(event) => setInKeap(event.target.checked)}
            />
            <span>
              Delete the contact in Keap as well
              <span className="block text-muted">
                Otherwise Keap keeps it. It does not come back here from there either way.
              </span>
            </span>
          </label>
        )}
        <Field label={`Type ${preview.name} to confirm`} htmlFor={`${id}-name`}>
          <Input
            id={`${id}-name`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="danger" busy={pending} disabled={typed.trim() !== preview.name}>
            Erase for good
          </Button>
          <Button type="button" variant="ghost" onClick={onClose}>
            Leave it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** One, and many. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  contact_tags: ["tag membership", "tag memberships"],
  email_addresses_status: ["e-mail address", "e-mail addresses"],
  interactions: ["note, task or e-mail", "notes, tasks and e-mails"],
  orders: ["order", "orders"],
  order_items: ["order line", "order lines"],
  payments: ["payment", "payments"],
  payment_allocations: ["part of a payment", "parts of payments"],
  transactions: ["transaction", "transactions"],
  subscriptions: ["subscription", "subscriptions"],
  opportunities: ["deal", "deals"],
  referrals: ["referral", "referrals"],
  affiliates: ["referral partner", "referral partners"],
  journal: ["line of history", "lines of history"],
};

const wordFor = (name: string, n: number): string =>
  words[name]?.[n === 1 ? 0 : 1] ?? name.replaceAll("_", " ");

function Touched({ preview }: { preview: ErasurePreview }) {
  const counts = Object.entries(preview.counts).filter(([name, n]) => n > 0 && name !== "contacts");
  return (
    <div className="space-y-2">
      <p>Emptied of everything personal, or taken away:</p>
      <ul className="grid grid-cols-2 gap-x-4 gap-y-0.5 rounded-md bg-sunken px-3 py-2">
        {counts.length === 0 && <li className="text-muted">the contact alone</li>}
        {counts.map(([name, n]) => (
          <li key={name}>
            <span className="tabular font-medium">{formatCount(n)}</span> {wordFor(name, n)}
          </li>
        ))}
      </ul>
      <p className="text-muted">
        Orders and payments stay as numbers, so that past revenue does not change. Chats, proposals, boards,
        notifications, the log and the index are searched for the person's addresses, numbers and name.
      </p>
      {preview.merged > 0 && (
        <p className="text-muted">{plural(preview.merged, "contact")} merged into this one goes with it.</p>
      )}
      {preview.mentions > 0 && (
        <p className="text-warning">
          {plural(preview.mentions, "note or task", "notes or tasks")} of other people name this person. They
          are in Keap too: edit them there.
        </p>
      )}
    </div>
  );
}
