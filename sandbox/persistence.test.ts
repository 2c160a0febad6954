import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createEmptyAccount, type KeapAccount } from "./account";
import { openAccountStore } from "./persistence";
import { applyTag, putRecord, removeRecord, takeId } from "./state";
import { createSmallAccount } from "./testing/small-account";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "keap-store-"));
  folders.push(folder);
  return folder;
}

const recipe = { seed: 1, contacts: 5, end_date: "2026-02-01T00:00:00.000Z" };
const open = (folder: string, generate: () => KeapAccount = createSmallAccount) =>
  openAccountStore(folder, recipe, generate, createEmptyAccount);

/** Edits one of everything that is kept in a way of its own. */
function edit(account: KeapAccount): void {
  const contact = account.contacts.get(2);
  if (contact) putRecord(account, "contacts", { ...contact, given_name: "Bén 🎉" });
  applyTag(account, 3, 2, "2026-02-01T12:00:00.000Z");
  removeRecord(account, "notes", 1);
  takeId(account, "notes");
}

describe("account store", () => {
  it("finds edits again without a snapshot", () => {
    const folder = newFolder();
    const first = open(folder);
    first.follow(() => ({ speed: 60 }));
    edit(first.account);
    first.flush();
    // No close: as after a kill.
    const second = open(folder);
    expect(second.isNew).toBe(false);
    expect(second.account.contacts.get(2)?.given_name).toBe("Bén 🎉");
    expect(second.account.contactTags.get(3)?.get(2)).toBe("2026-02-01T12:00:00.000Z");
    expect(second.account.notes.size).toBe(0);
    expect(takeId(second.account, "notes")).toBe("3");
    expect(second.savedState).toEqual({ speed: 60 });
  });

  it("starts from the snapshot, not the recipe", async () => {
    const folder = newFolder();
    const first = open(folder);
    first.follow(() => null);
    edit(first.account);
    await first.writeSnapshot();
    const other = first.account.contacts.get(4);
    if (other) putRecord(first.account, "contacts", { ...other, given_name: "Dora" });
    first.close();
    const second = open(folder, () => {
      throw new Error("must not generate");
    });
    expect(second.account.contacts.get(4)?.given_name).toBe("Dora");
    expect(JSON.stringify([...second.account.contacts])).toBe(JSON.stringify([...first.account.contacts]));
    expect(second.account.settings).toEqual(first.account.settings);
  });

  it("ignores a line cut short by a kill", () => {
    const folder = newFolder();
    const first = open(folder);
    first.follow(() => null);
    edit(first.account);
    first.close();
    const journal = readdirSync(folder).find((name) => name.startsWith("journal")) ?? "";
    appendFileSync(join(folder, journal), '["contacts",1,{"id":"1","giv');
    const second = open(folder);
    expect(second.account.contacts.get(1)?.given_name).toBe("Ann");
    // nor does it swallow the first change after it
    second.follow(() => null);
    const other = second.account.contacts.get(4);
    if (other) putRecord(second.account, "contacts", { ...other, given_name: "Dora" });
    second.flush();
    expect(open(folder).account.contacts.get(4)?.given_name).toBe("Dora");
  });
});
