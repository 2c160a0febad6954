/** Characters a question may have: a long page of text. What is longer is a document. */
export const longestQuestion = 4_000;

/** What is wrong with a question, in words for who typed it; null where nothing is. */
export function questionProblem(text: string): string | null {
  const length = text.trim().length;
  if (length === 0) return "Type a question first.";
  if (length <= longestQuestion) return null;
  return `This has ${length.toLocaleString("en-US")} characters, and a question may have ${longestQuestion.toLocaleString("en-US")}. Shorten it; a long text can be uploaded under Settings, Documents, and asked about.`;
}
