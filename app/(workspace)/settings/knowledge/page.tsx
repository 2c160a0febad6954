import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { Card, Page, PageHeader } from "../../../_components/surface";
import { formatCount, formatInstant } from "../../../_lib/format";
import { requireSession, type Session } from "../../../_server/session";
import { NoRights } from "../../_components/no-rights";
import { Uploads } from "./_components/uploads";

export const metadata: Metadata = { title: "Knowledge" };

const kinds = ["note", "task", "appointment", "email", "profile", "product", "company"] as const;

export default async function KnowledgePage() {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Knowledge" />;
  const [uploads, counts] = await Promise.all([listUploads(session), countIndexed(session)]);
  return (
    <Page>
      <Link
        href="/settings"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Settings
      </Link>
      <PageHeader title="Knowledge" description="What the analyst searches and cites beside your numbers." />
      <h2 className="mb-2 text-sm font-semibold">Documents</h2>
      <Uploads uploads={uploads} />
      <h2 className="mt-8 mb-2 text-sm font-semibold">From Keap</h2>
      <Card className="p-4">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-2 text-[13px] sm:grid-cols-4">
          {counts.map(([kind, count]) => (
            <div key={kind} className="flex justify-between gap-3">
              <dt className="text-muted">
                {kind === "email" ? "e-mails" : kind === "company" ? "companies" : `${kind}s`}
              </dt>
              <dd className="tabular">{formatCount(count)}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-3 text-xs text-muted">
          {counts.every(([, count]) => count === 0) &&
            "Nothing is there yet: texts come within an hour of the first copy. "}
          Brought in step every hour. What is deleted or changed in Keap is no longer quoted from the moment
          it arrives here.
        </p>
      </Card>
    </Page>
  );
}

const uploadSchema = z.object({
  id: z.string(),
  title: z.string().nullable(),
  metadata: z.looseObject({ file: z.string().optional() }),
  created_at: z.string(),
});

async function listUploads({ db, account }: Session) {
  const { data, error } = await db
    .from("knowledge_documents")
    .select("id, title, metadata, created_at")
    .eq("account_id", account.id)
    .eq("kind", "upload")
    .order("created_at", { ascending: false })
    .limit(200);
  if (error) throw new Error(`The documents could not be read (${error.message}).`);
  return uploadSchema
    .array()
    .parse(data)
    .map(({ id, title, metadata: { file }, created_at }) => ({
      id,
      title: title ?? file ?? "Document",
      file: file ?? "",
      added: formatInstant(created_at, account.time_zone),
    }));
}

async function countIndexed({ db, account }: Session): Promise<[string, number][]> {
  return Promise.all(
    kinds.map(async (kind): Promise<[string, number]> => {
      const { count } = await db
        .from("knowledge_documents")
        .select("id", { count: "exact", head: true })
        .eq("account_id", account.id)
        .eq("kind", kind);
      return [kind, count ?? 0];
    }),
  );
}
