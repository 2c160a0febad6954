"use client";

import { Search, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState, useTransition } from "react";
import { Input, Select } from "../../../_components/field";

/** Finds people by name, e-mail or company, and by tag. Searches while typing. */
export function ContactSearch({
  text,
  tag,
  tags,
}: {
  text: string;
  tag: string | null;
  tags: { supabase_id: string; name: string }[];
}) {
  const router = useRouter();
  const [value, setValue] = useState(text);
  const [pending, start] = useTransition();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function go(words: string, chosen: string | null) {
    clearTimeout(timer.current);
    const query = new URLSearchParams();
    if (words.trim()) query.set("q", words.trim());
    if (chosen) query.set("tag", chosen);
    start(() => router.replace(`/contacts?${query}`));
  }
  function type(words: string) {
    setValue(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(words, tag), 250);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    go(value, tag);
  }
  return (
    <search>
      <form onSubmit={submit} className="mb-4 flex flex-wrap gap-2" aria-busy={pending}>
        <div className="relative min-w-56 flex-1">
          <Search aria-hidden className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted" />
          <Input
            aria-label="Find by name, e-mail or company"
            placeholder="Name, e-mail or company"
            value={value}
            onChange={(event) => type(event.target.value)}
            className="pl-9"
          />
          {value && (
            <button
              type="button"
              aria-label="Clear the search"
              onClick={() => {
                setValue("");
                go("", tag);
              }}
              className="absolute top-1.5 right-1.5 rounded p-1 text-muted hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          )}
        </div>
        <Select
          aria-label="Only people with this tag"
          value={tag ?? ""}
          onChange={(event) => go(value, event.target.value || null)}
          className="w-full sm:w-56"
        >
          <option value="">Any tag</option>
          {tags.map(({ supabase_id, name }) => (
            <option key={supabase_id} value={supabase_id}>
              {name}
            </option>
          ))}
        </Select>
      </form>
    </search>
  );
}
