import { createEmptyAccount, type KeapAccount } from "@/sandbox/account";

export interface TinyOptions {
  contacts?: number;
  tags?: number;
  /** The time everything in it was made. */
  made?: string;
}

/** A Keap account of a handful of records: histories are many, so each must be small. */
export function createTinyAccount({
  contacts = 3,
  tags = 2,
  made = "2026-10-01T09:00:00.000Z",
}: TinyOptions = {}): KeapAccount {
  const account = createEmptyAccount({ name: "Tiny Business" });
  const times = { create_time: made, update_time: made };
  account.users.set(1, {
    id: "1",
    given_name: "Key",
    family_name: "Owner",
    status: "ACTIVE",
    admin: true,
    email_addresses: [],
    ...times,
  });
  account.users.set(2, {
    id: "2",
    given_name: "Pat",
    family_name: "Person",
    status: "ACTIVE",
    email_addresses: [],
    ...times,
  });
  account.customFields.set(1, {
    id: "1",
    record_type: "CONTACT",
    label: "Colour",
    field_name: "Colour",
    field_type: "TEXT",
  });
  account.customFields.set(2, {
    id: "2",
    record_type: "CONTACT",
    label: "Size",
    field_name: "Size",
    field_type: "TEXT",
  });
  for (let id = 1; id <= tags; id += 1)
    account.tags.set(id, { id: String(id), name: `Tag ${id}`, description: `About ${id}`, ...times });
  for (let id = 1; id <= contacts; id += 1) {
    account.contacts.set(id, {
      id: String(id),
      given_name: `Given ${id}`,
      family_name: `Family ${id}`,
      email_addresses: [{ field: "EMAIL1", email: `person${id}@example.test` }],
      phone_numbers: [{ field: "PHONE1", number: `(602) 555-010${id % 10}` }],
      custom_fields: [{ id: "1", content: `Colour ${id}` }],
      ...times,
    });
    if (id <= tags) account.contactTags.set(id, new Map([[id, made]]));
  }
  return account;
}
