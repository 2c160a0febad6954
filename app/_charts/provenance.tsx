import type { ReactNode } from "react";
import { CopyButton } from "../_components/copy-button";
import { formatInstant, plural } from "../_lib/format";
import type { Drawn } from "./drawn";

/** How a number came about: definition, days and zone, how fresh, how many rows, and the SQL that ran. */
export function Provenance({ result }: { result: Drawn }) {
  const { range, comparison_range: earlier } = result;
  return (
    <div className="space-y-4 text-[13px]">
      {result.notes.length > 0 && (
        <ul className="list-disc space-y-0.5 pl-4.5">
          {result.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {result.definitions.map((definition) => (
        <section key={definition.id}>
          <h4 className="font-medium">
            {definition.label}{" "}
            <span className="font-mono text-xs font-normal text-muted">
              {definition.id} v{definition.version}
            </span>
          </h4>
          <p className="mt-0.5 text-muted">{definition.description}</p>
          <p className="mt-1 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs leading-relaxed">
            {definition.formula}
          </p>
          {definition.edge_cases.length > 0 && (
            <ul className="mt-1.5 list-disc space-y-0.5 pl-4.5 text-xs text-muted">
              {definition.edge_cases.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          )}
        </section>
      ))}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <Row label="Range">
          {range.from} to {range.to} ({range.label}
          {range.complete ? "" : ", still running"})
        </Row>
        {earlier && (
          <Row label="Compared with">
            {earlier.from} to {earlier.to} ({earlier.label})
          </Row>
        )}
        <Row label="Time zone">{range.zone}</Row>
        {result.currency && <Row label="Currency">{result.currency}</Row>}
        <Row label="Data as of">
          {result.as_of ? formatInstant(result.as_of, range.zone) : "the first copy is not complete"}
        </Row>
        <Row label="Rows">
          {plural(result.row_count, "row")}
          {result.truncated && ", cut at the limit"}
        </Row>
      </dl>
      <div>
        <div className="mb-1 flex items-center justify-between">
          <h4 className="font-medium">SQL</h4>
          <CopyButton text={result.sql} label="Copy the SQL" />
        </div>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          className="max-h-72 overflow-auto rounded-md bg-sunken px-3 py-2.5 font-mono text-xs leading-relaxed"
        >
          {result.sql}
        </pre>
        {result.params.length > 0 && (
          <p className="mt-1 font-mono text-xs break-all text-muted">
            {result.params.map((value, index) => `$${index + 1} = ${JSON.stringify(value)}`).join("   ")}
          </p>
        )}
      </div>
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
