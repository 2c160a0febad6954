import { describe, expect, it } from "vitest";
import { ownPath, parseInline, parseMarkdown } from "./markdown";

describe("Markdown of answers", () => {
  it("reads paragraphs with bold and code", () => {
    expect(parseMarkdown("Revenue was **$1,200** in `May`.")).toEqual([
      {
        kind: "paragraph",
        children: [
          { kind: "text", text: "Revenue was " },
          { kind: "strong", children: [{ kind: "text", text: "$1,200" }] },
          { kind: "text", text: " in " },
          { kind: "code", text: "May" },
          { kind: "text", text: "." },
        ],
      },
    ]);
  });

  it("nests a list inside a list", () => {
    const [list] = parseMarkdown("- one\n  - inner\n- two");
    expect(list).toMatchObject({ kind: "list", ordered: false });
    if (list?.kind !== "list") throw new Error("not a list");
    expect(list.items).toHaveLength(2);
    expect(list.items[0]?.nested).toMatchObject([{ kind: "list", items: [{}] }]);
  });

  it("reads a table with its rows", () => {
    const [table] = parseMarkdown("| Month | Revenue |\n|---|---:|\n| May | $1 |\n| June | $2 |");
    if (table?.kind !== "table") throw new Error("not a table");
    expect(table.head.map((cell) => cell[0])).toEqual([
      { kind: "text", text: "Month" },
      { kind: "text", text: "Revenue" },
    ]);
    expect(table.rows).toHaveLength(2);
  });

  it("reduces an image to its description", () => {
    expect(parseInline("![chart](https://evil.example/x.png)")).toEqual([{ kind: "text", text: "chart" }]);
  });

  it("leaves HTML as plain text", () => {
    expect(parseMarkdown("<img src=x onerror=alert(1)>")).toEqual([
      { kind: "paragraph", children: [{ kind: "text", text: "<img src=x onerror=alert(1)>" }] },
    ]);
  });

  it("keeps an unfinished fence as code", () => {
    expect(parseMarkdown("```sql\nselect 1")).toEqual([{ kind: "code", text: "select 1" }]);
  });

  it("follows links into this app only", () => {
    const origin = "https://app.example";
    expect(ownPath("/boards/1", origin)).toBe("/boards/1");
    expect(ownPath("https://app.example/contacts/2?x=1", origin)).toBe("/contacts/2?x=1");
    expect(ownPath("https://evil.example/", origin)).toBeNull();
    expect(ownPath("//evil.example/", origin)).toBeNull();
    expect(ownPath("/\\evil.example/", origin)).toBeNull();
    expect(ownPath("javascript:alert(1)", origin)).toBeNull();
  });
});
