import { redirect } from "next/navigation";
import { requireSession } from "../_server/session";
import { describeFirstCopy } from "../_server/sync-status";
import { ChatScreen } from "./_chat/chat-screen";

export default async function AskPage({ searchParams }: PageProps<"/">) {
  const session = await requireSession();
  // Viewers read boards; chats are for those who may see people and orders.
  if (session.principal.role === "viewer") redirect("/boards");
  const ask = [(await searchParams).ask].flat()[0]?.slice(0, 4_000) ?? null;
  const id = crypto.randomUUID();
  return (
    <ChatScreen
      key={id}
      id={id}
      messages={[]}
      ask={ask}
      accountName={session.account.name}
      canPin
      canVerify={session.principal.role === "admin"}
      dataNote={await describeFirstCopy(session)}
    />
  );
}
