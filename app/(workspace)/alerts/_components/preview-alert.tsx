"use client";

import { useState, useTransition } from "react";
import { Button } from "../../../_components/button";
import { Dialog } from "../../../_components/dialog";
import { Badge } from "../../../_components/surface";
import { useToast } from "../../../_components/toast";
import { type AlertPreview, previewAlert } from "../actions";

/** Shows what an alert would say now: in the app, in the mail and to the webhook. */
export function PreviewAlert({ id, name }: { id: string; name: string }) {
  const [preview, setPreview] = useState<AlertPreview>();
  const [pending, start] = useTransition();
  const notify = useToast();
  const look = () =>
    start(async () => {
      const seen = await previewAlert(id);
      if ("problem" in seen) notify(seen.problem, "error");
      else setPreview(seen);
    });
  return (
    <>
      <Button
        size="small"
        variant="ghost"
        busy={pending}
        onClick={look}
        aria-label={`Preview the alert ${name}`}
      >
        Preview
      </Button>
      {preview && (
        <Dialog
          open
          onClose={() => setPreview(undefined)}
          title={`Preview: ${name}`}
          description={
            preview.wouldFire
              ? "It would tell you this now."
              : "It would stay silent now. If it spoke, it would say this."
          }
        >
          <div className="grid gap-4">
            <section>
              <h3 className="mb-1 text-sm font-medium">In the app</h3>
              <Sent label={preview.title} text={preview.body} />
            </section>
            <section>
              <h3 className="mb-1 flex flex-wrap items-center gap-2 text-sm font-medium">
                Mail {preview.to.length === 0 && <Badge>goes to nobody yet</Badge>}
              </h3>
              {preview.to.length > 0 && (
                <p className="mb-1 text-[13px] text-muted">
                  {preview.from
                    ? `From ${preview.from} to ${preview.to.join(", ")}`
                    : `To ${preview.to.join(", ")}, as soon as a mail server is set up (SMTP_URL and SMTP_FROM).`}
                </p>
              )}
              <Sent label={`Subject: ${preview.subject}`} text={preview.text} />
            </section>
            {preview.webhook && (
              <section>
                <h3 className="mb-1 text-sm font-medium">Webhook</h3>
                <Sent label="POST, application/json" text={preview.webhook} />
              </section>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}

function Sent({ label, text }: { label: string; text: string }) {
  return (
    <div className="rounded-lg border border-line bg-canvas text-[13px] break-words">
      <p className="border-b border-line px-3 py-2 font-medium">{label}</p>
      <p className="px-3 py-2 whitespace-pre-wrap">{text}</p>
    </div>
  );
}
