import { requireSession } from "../_server/session";
import { describeFirstCopy } from "../_server/sync-status";
import { ChatScreen } from "./_chat/chat-screen";

export default async function AskPage({ searchParams }: PageProps<"/">) {
  const session = await requireSession();
  const ask = [(await searchParams).ask].flat()[0]?.slice(0, 4_000) ?? null;
  const id = crypto.randomUUID();
  return (
    <ChatScreen
      key={id}
      id={id}
      messages={[]}
      ask={ask}
      accountName={session.account.name}
      canPin={session.principal.role !== "viewer"}
      dataNote={await describeFirstCopy(session)}
    />
  );
}
