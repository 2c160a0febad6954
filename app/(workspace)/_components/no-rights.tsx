import { Lock } from "lucide-react";
import { EmptyState, Page } from "../../_components/surface";

/** For a section that a person's role does not open. */
export function NoRights({ what }: { what: string }) {
  return (
    <Page>
      <EmptyState icon={Lock} title={`${what} are not open to viewers`}>
        You can ask questions and read boards. Ask an admin of this account if you need more.
      </EmptyState>
    </Page>
  );
}
