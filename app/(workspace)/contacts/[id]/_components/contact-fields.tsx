"use client";

import { Pencil } from "lucide-react";
import { type FormEvent, useOptimistic, useState, useTransition } from "react";
import { Button } from "../../../../_components/button";
import { Input } from "../../../../_components/field";
import { Badge, Card } from "../../../../_components/surface";
import { useToast } from "../../../../_components/toast";
import { cn } from "../../../../_lib/cn";
import type { Contact } from "../../../../_server/contacts";
import { editContact } from "../../actions";

const fields = [
  { name: "given_name", label: "First name", type: "text" },
  { name: "family_name", label: "Last name", type: "text" },
  { name: "email", label: "E-mail", type: "email" },
  { name: "phone", label: "Phone", type: "tel" },
  { name: "company_name", label: "Company", type: "text" },
  { name: "job_title", label: "Job title", type: "text" },
  { name: "website", label: "Website", type: "text" },
  { name: "birth_date", label: "Birthday", type: "date" },
] as const;

type FieldName = (typeof fields)[number]["name"];

/** The person's fields, each edited in place: Enter or Save stores it, Escape leaves it as it was. */
export function ContactFields({ contact, canEdit }: { contact: Contact; canEdit: boolean }) {
  const [editing, setEditing] = useState<FieldName | null>(null);
  const [shown, showChange] = useOptimistic(contact, (before, change: Partial<Contact>) => ({
    ...before,
    ...change,
  }));
  const [pending, start] = useTransition();
  const notify = useToast();

  const save = (name: FieldName, value: string) => {
    setEditing(null);
    if (value === (contact[name] ?? "")) return;
    start(async () => {
      showChange({ [name]: value || null });
      const { ok, message } = await editContact(contact.supabase_id, { [name]: value });
      notify(message, ok ? "success" : "error");
    });
  };
  return (
    <Card>
      <div className="flex items-center justify-between px-4 pt-4 pb-2">
        <h2 className="text-sm font-semibold">Details</h2>
        {pending && (
          <Badge tone="info" pulse>
            Saving
          </Badge>
        )}
      </div>
      <dl className="divide-y divide-line" aria-busy={pending}>
        {fields.map(({ name, label, type }) => (
          <div
            key={name}
            className="grid min-h-11 grid-cols-[7rem_1fr] items-center gap-3 px-4 py-1.5 text-[13.5px]"
          >
            <dt className="text-muted">{label}</dt>
            <dd className="min-w-0">
              {editing === name ? (
                <Editor
                  label={label}
                  type={type}
                  value={shown[name] ?? ""}
                  onSave={(value) => save(name, value)}
                  onCancel={() => setEditing(null)}
                />
              ) : !canEdit ? (
                <span className={cn("break-words whitespace-pre-wrap", !shown[name] && "text-muted")}>
                  {shown[name] || "–"}
                </span>
              ) : (
                <button
                  type="button"
                  onClick={() => setEditing(name)}
                  aria-label={`Edit ${label}: ${shown[name] ?? "empty"}`}
                  className="group -mx-2 flex w-full items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-sunken"
                >
                  <span
                    className={cn("min-w-0 break-words whitespace-pre-wrap", !shown[name] && "text-muted")}
                  >
                    {shown[name] || "–"}
                  </span>
                  <Pencil
                    aria-hidden
                    className="size-3.5 shrink-0 text-muted opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
                  />
                </button>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Editor(props: {
  label: string;
  type: (typeof fields)[number]["type"];
  value: string;
  onSave: (value: string) => void;
  onCancel: () => void;
}) {
  const { label, type, value, onSave, onCancel } = props;
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onSave(String(new FormData(event.currentTarget).get("value") ?? "").trim());
  }
  const shared = {
    name: "value",
    "aria-label": label,
    defaultValue: value,
    autoFocus: true,
    onKeyDown: (event: { key: string }) => event.key === "Escape" && onCancel(),
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <Input {...shared} type={type} className="h-8 min-w-48 flex-1" />
      <span className="flex gap-1.5">
        <Button type="submit" size="small" variant="primary">
          Save
        </Button>
        <Button size="small" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </span>
    </form>
  );
}
