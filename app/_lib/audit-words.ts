const things: Record<string, string> = {
  account: "the account's settings",
  answer: "an answer",
  api_key: "an API key",
  board: "a board",
  chart: "a chart",
  chat: "a chat",
  contact: "a contact",
  knowledge: "a document",
  member: "a member",
  proposal: "a proposal",
  share_link: "a share link",
  tag: "a tag",
  alerts: "an alert",
  segments: "a segment",
  goals: "a goal",
  automations: "an automation",
  saved_queries: "a saved question",
  evaluation_questions: "a question of the evaluation",
};

/** Actions that are no thing and what was done to it. */
const whole: Record<string, string> = {
  signed_in: "signed in",
  "proposal.created": "suggested a proposal",
  "proposal.expired": "let a proposal expire",
  "proposal.done": "carried a proposal out",
  "proposal.partly": "carried a proposal out in part",
  "proposal.failed": "failed to carry a proposal out",
  "proposal.person_settled": "settled a person of a proposal",
  "chart.pinned": "pinned a chart",
  "member.set": "set a member's role",
  "sync.hold_released": "released a held change",
  "sync.hold_rejected": "rejected a held change",
};

/** What an entry of the audit log says was done: `proposal.approved` as "approved a proposal". */
export function actionInWords(action: string): string {
  const known = whole[action];
  if (known) return known;
  const [kind = "", done = ""] = action.split(".");
  const thing = things[kind] ?? kind.replaceAll("_", " ");
  return done ? `${done.replaceAll("_", " ")} ${thing}` : thing;
}

/** Who did it: a member by e-mail address, Keapsake itself, or what acted for somebody. */
export function actorInWords(actor: string, emails: ReadonlyMap<string, string>): string {
  const [kind = "", id = ""] = actor.split(/:(.*)/s);
  if (kind === "user") return emails.get(id) ?? "Someone no longer a member";
  if (kind === "agent") return `The analyst (${id})`;
  if (kind === "automation") return "An automation";
  return "Keapsake";
}

/** Where what was changed can be seen; null where there is no page of it. */
export function targetPath(target: string | null): string | null {
  const [kind, id] = (target ?? "").split(":");
  const pages: Record<string, string> = { proposal: "/approvals", contact: "/contacts", board: "/boards" };
  const page = pages[kind ?? ""];
  return page && id ? `${page}/${id}` : null;
}
