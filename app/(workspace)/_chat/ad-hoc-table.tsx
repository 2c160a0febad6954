import type { ChatTools } from "@/agent/chat/messages";
import { formatCount } from "../../_lib/format";

/** Rows shown of an answer to SQL; the model saw the first hundred. */
const mostRows = 100;

/** The rows of ad-hoc SQL as they came: no unit, no definition, and it says so. */
export function AdHocTable({ output }: { output: ChatTools["run_sql"]["output"] }) {
  const { columns, rows, row_count, truncated, label } = output;
  return (
    <figure className="space-y-1.5">
      <figcaption className="text-xs text-muted">
        {label} · {formatCount(row_count)} {row_count === 1 ? "row" : "rows"}
        {truncated && ", cut at the limit"} · money in minor units
      </figcaption>
      {rows.length > 0 && (
        <section
          aria-label="Rows"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-lg border border-line"
        >
          <table className="w-full text-[13px]">
            <thead className="sticky top-0 bg-sunken text-left text-muted">
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col" className="px-3 py-1.5 font-medium whitespace-nowrap">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, mostRows).map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a result have no other identity and never move
                <tr key={index} className="border-t border-line">
                  {columns.map((name) => (
                    <td key={name} className="max-w-72 truncate px-3 py-1.5">
                      {String(row[name] ?? "")}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </figure>
  );
}
