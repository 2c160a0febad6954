"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { accountCookie, requireSession } from "../_server/session";

/** Opens another of this person's accounts. An id that is not theirs changes nothing. */
export async function switchAccount(id: string): Promise<void> {
  const { accounts } = await requireSession();
  if (accounts.some((account) => account.id === id)) {
    (await cookies()).set(accountCookie, id, {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: 31_536_000,
    });
  }
  redirect("/");
}
