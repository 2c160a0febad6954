import type { Call } from "../http/call";
import { pickFields } from "../query/fields";
import type { CompanyRecord } from "../records";
import { emailWire } from "./shared";

/** The list leaves these out unless `fields` asks. */
export const optionalCompanyFields = [
  "notes",
  "fax_number",
  "address",
  "email_address",
  "phone_number",
  "update_time",
  "create_time",
  "custom_fields",
] as const;

/** A company as v2 answers it. `fields` adds to what comes anyway. */
export function companyWire(
  company: CompanyRecord,
  call: Pick<Call, "account">,
  fields?: ReadonlySet<string>,
  mayAsk: readonly string[] = [],
): Record<string, unknown> {
  const { email_address, ...rest } = company;
  const tags = [...(call.account.companyTags.get(Number(company.id))?.keys() ?? [])];
  const wire: Record<string, unknown> = {
    ...rest,
    ...(email_address ? { email_address: emailWire(call.account, email_address) } : {}),
    custom_fields: company.custom_fields ?? [],
    ...(tags.length ? { groups: tags.join(",") } : {}),
  };
  const hidden = mayAsk.filter((name) => !fields?.has(name));
  return pickFields(wire, new Set(Object.keys(wire).filter((name) => !hidden.includes(name))));
}
