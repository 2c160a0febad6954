import Link from "next/link";
import type { ReactNode } from "react";

/** The name of a record, leading to its timeline; memberships lead to the person's. */
export function RecordLink({
  entity,
  id,
  children,
}: {
  entity: string;
  id: string | null;
  children: ReactNode;
}) {
  if (!id) return children;
  return (
    <Link
      href={`/sync/records/${entity === "contact_tags" ? "contacts" : entity}/${id}`}
      className="hover:text-accent hover:underline"
    >
      {children}
    </Link>
  );
}
