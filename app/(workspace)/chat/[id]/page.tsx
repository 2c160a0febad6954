import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { loadChat } from "../../../_server/chats";
import { requireSession } from "../../../_server/session";
import { describeFirstCopy } from "../../../_server/sync-status";
import { ChatScreen } from "../../_chat/chat-screen";

export const metadata: Metadata = { title: "Chat" };

export default async function ChatPage({ params }: PageProps<"/chat/[id]">) {
  const session = await requireSession();
  const { id } = await params;
  const messages = await loadChat(session, id);
  if (!messages) notFound();
  return (
    <ChatScreen
      key={id}
      id={id}
      messages={messages}
      ask={null}
      accountName={session.account.name}
      canPin={session.principal.role !== "viewer"}
      canVerify={session.principal.role === "admin"}
      dataNote={await describeFirstCopy(session)}
    />
  );
}
