import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { AnswerText } from "./answer-text";

it("marks numbers with the cell they are, also in bold, and those that are none", () => {
  const mark = (text: string) => [
    text === "no" ? { text, unproven: true } : text === "yes" ? { text, of: "Orders · total" } : { text },
  ];
  const page = renderToStaticMarkup(
    <AnswerText text={"plain\n\n**yes**\n\n*no*"} mark={mark.bind(null) as never} />,
  );
  expect(page).toMatch(/<strong[^>]*><span title="From the result: Orders · total" data-cell="true"/);
  expect(page).toMatch(/<mark title="Stands in no result"[^>]*>no<\/mark>/);
  expect(page).toContain("<p>plain</p>");
});
