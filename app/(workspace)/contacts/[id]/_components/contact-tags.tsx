"use client";

import { Plus, X } from "lucide-react";
import { useState, useTransition } from "react";
import { Button } from "../../../../_components/button";
import { Badge, Card } from "../../../../_components/surface";
import { isOnItsWay } from "../../../../_components/sync-badge";
import { useToast } from "../../../../_components/toast";
import type { HeldTag, Tag } from "../../../../_server/contacts";
import { TagDialog } from "../../_components/tag-dialog";
import { changeTag } from "../../actions";

/** The tags a person holds; put one on, take one off. */
export function ContactTags(props: { contact: string; held: HeldTag[]; tags: Tag[]; canEdit: boolean }) {
  const { contact, held, tags, canEdit } = props;
  const [choosing, setChoosing] = useState(false);
  const [pending, start] = useTransition();
  const notify = useToast();
  const missing = tags.filter(({ supabase_id }) => !held.some(({ id }) => id === supabase_id));
  const remove = (tag: string) =>
    start(async () => {
      const { ok, message } = await changeTag({ contacts: [contact], tag, apply: false });
      notify(message, ok ? "success" : "error");
    });
  return (
    <Card className="p-4">
      <div className="mb-2 flex items-center justify-between">
        <h2 className="text-sm font-semibold">Tags</h2>
        {canEdit && (
          <Button size="small" variant="ghost" className="-mr-2" onClick={() => setChoosing(true)}>
            <Plus aria-hidden className="size-3.5" /> Add
          </Button>
        )}
      </div>
      {held.length === 0 && <p className="text-[13px] text-muted">None.</p>}
      <ul className="flex flex-wrap gap-1.5">
        {held.map(({ id, name, sync_status }) => (
          <li key={id}>
            <Badge
              tone={isOnItsWay(sync_status) ? "info" : "neutral"}
              pulse={isOnItsWay(sync_status)}
              className={canEdit ? "pr-1" : ""}
            >
              {name}
              {canEdit && (
                <button
                  type="button"
                  disabled={pending}
                  onClick={() => remove(id)}
                  aria-label={`Take off ${name}`}
                  className="rounded-full p-0.5 hover:bg-line hover:text-ink disabled:opacity-50"
                >
                  <X aria-hidden className="size-3" />
                </button>
              )}
            </Badge>
          </li>
        ))}
      </ul>
      <TagDialog open={choosing} onClose={() => setChoosing(false)} contacts={[contact]} tags={missing} />
    </Card>
  );
}
