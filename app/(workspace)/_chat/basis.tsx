"use client";

import { FunctionSquare } from "lucide-react";
import { useState } from "react";
import type { AnswerBasis } from "@/agent/chat/messages";
import { Button } from "../../_components/button";
import { CopyButton } from "../../_components/copy-button";
import { Dialog } from "../../_components/dialog";
import { formatCount, formatInstant } from "../../_lib/format";

/** How a list, a search or a record was found: what was looked for, how fresh, how many, and the SQL that ran. */
export function Basis({ basis }: { basis: AnswerBasis }) {
  const [open, setOpen] = useState(false);
  const { definition, time_zone, as_of, shown, total, statements } = basis;
  return (
    <>
      <Button variant="ghost" size="small" className="-ml-2.5 h-7 text-xs" onClick={() => setOpen(true)}>
        <FunctionSquare aria-hidden className="size-3.5" /> How was this found?
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="How this was found"
        description={basis.title}
        className="w-[min(44rem,calc(100vw-2rem))]"
      >
        <div className="space-y-4 text-[13px]">
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {definition && <Row name="Looked for">{definition}</Row>}
            <Row name="Time zone">{time_zone}</Row>
            <Row name="Data as of">
              {as_of ? formatInstant(as_of, time_zone) : "the first copy is not complete"}
            </Row>
            <Row name="Rows">
              {total > shown ? `${formatCount(shown)} of ${formatCount(total)}` : formatCount(shown)}
            </Row>
          </dl>
          {statements.map(({ sql, params }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: statements stand in the order they ran and never move
            <div key={index}>
              <div className="mb-1 flex items-center justify-between">
                <h3 className="font-medium">
                  SQL{statements.length > 1 ? ` ${index + 1} of ${statements.length}` : ""}
                </h3>
                <CopyButton text={sql} label="Copy the SQL" />
              </div>
              <pre
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
                tabIndex={0}
                className="max-h-72 overflow-auto rounded-md bg-sunken px-3 py-2.5 font-mono text-xs leading-relaxed"
              >
                {sql}
              </pre>
              {params.length > 0 && (
                <p className="mt-1 font-mono text-xs break-all text-muted">$1 = {JSON.stringify(params)}</p>
              )}
            </div>
          ))}
        </div>
      </Dialog>
    </>
  );
}

const Row = ({ name, children }: { name: string; children: string }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd>{children}</dd>
  </>
);
