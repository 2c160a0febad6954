import { Compass } from "lucide-react";
import Link from "next/link";
import { buttonStyles } from "../_components/button";
import { EmptyState } from "../_components/surface";

export default function NotFound() {
  return (
    <div className="mx-auto max-w-xl px-4 py-16">
      <EmptyState
        icon={Compass}
        title="There is nothing at this address"
        action={
          <Link href="/" className={buttonStyles()}>
            Go to the front page
          </Link>
        }
      >
        It may have been deleted, or it belongs to another account than the one that is open.
      </EmptyState>
    </div>
  );
}
