/** Text as a literal inside a regular expression with the flag `u`. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
