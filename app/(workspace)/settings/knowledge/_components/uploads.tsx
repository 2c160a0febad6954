"use client";

import { FileText, Trash2, Upload } from "lucide-react";
import { useRef, useTransition } from "react";
import { Button } from "../../../../_components/button";
import { Card } from "../../../../_components/surface";
import { useToast } from "../../../../_components/toast";
import { removeDocument, uploadDocument } from "../actions";

export interface UploadRow {
  id: string;
  title: string;
  file: string;
  added: string;
}

/** Documents people added, and the way to add more. */
export function Uploads({ uploads }: { uploads: UploadRow[] }) {
  const [pending, start] = useTransition();
  const input = useRef<HTMLInputElement>(null);
  const notify = useToast();
  const add = (file: File) =>
    start(async () => {
      const form = new FormData();
      form.set("file", file);
      const { ok, message } = await uploadDocument(form);
      notify(message, ok ? "success" : "error");
      if (input.current) input.current.value = "";
    });
  const remove = (id: string) =>
    start(async () => {
      const { ok, message } = await removeDocument(id);
      notify(message, ok ? "success" : "error");
    });
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-3 p-4">
        <p className="max-w-md text-[13px] text-muted">
          Markdown, text or PDF, up to 10 MB. Only the text is kept. Admins and analysts of this account can
          find it.
        </p>
        <input
          ref={input}
          type="file"
          accept=".md,.markdown,.txt,.pdf"
          aria-label="Document to upload"
          className="sr-only"
          onChange={({ target }) => target.files?.[0] && add(target.files[0])}
        />
        <Button variant="primary" busy={pending} onClick={() => input.current?.click()}>
          <Upload aria-hidden className="size-4" /> Upload
        </Button>
      </div>
      {uploads.length === 0 && (
        <p className="border-t border-line p-4 text-sm text-muted">No documents yet.</p>
      )}
      <ul>
        {uploads.map(({ id, title, file, added }) => (
          <li key={id} className="flex items-center gap-3 border-t border-line px-4 py-2.5">
            <FileText aria-hidden className="size-4 shrink-0 text-muted" />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium">{title}</span>
              <span className="block truncate text-xs text-muted">
                {file} · {added}
              </span>
            </span>
            <Button
              size="icon"
              variant="ghost"
              aria-label={`Remove ${title}`}
              disabled={pending}
              onClick={() => remove(id)}
            >
              <Trash2 aria-hidden className="size-4" />
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
