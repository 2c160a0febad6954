import type { CustomFieldRecordType, CustomFieldType } from "../records";

/** A custom field of the demo account. `share` is how many records of its kind have a value. */
export interface FieldSeed {
  key: string;
  record_type: CustomFieldRecordType;
  label: string;
  field_name: string;
  field_type: CustomFieldType;
  share: number;
  options?: readonly string[];
}

const contact = (
  key: string,
  label: string,
  field_type: CustomFieldType,
  share: number,
  options?: readonly string[],
): FieldSeed => ({
  key,
  record_type: "CONTACT",
  label,
  field_name: label.replace(/[^A-Za-z0-9]/g, ""),
  field_type,
  share,
  ...(options && { options }),
});

/** Contacts have one field of every type Keap knows; the other records have a few. */
export const fieldSeeds: readonly FieldSeed[] = [
  contact("medium", "Favorite medium", "DROPDOWN", 0.55, [
    "Pencil",
    "Watercolor",
    "Clay",
    "Ink",
    "Öl & Acryl",
  ]),
  contact("goals", "Goals", "LIST_BOX", 0.3, [
    "Relax",
    "Sell my work",
    "Build a portfolio",
    "Teach",
    "Make gifts",
  ]),
  contact("level", "Level", "RADIO", 0.5, ["Beginner", "Some practice", "Advanced"]),
  contact("budget", "Yearly art budget", "CURRENCY", 0.12),
  contact("studio_since", "Studio since", "DATE", 0.1),
  contact("last_visit", "Last studio visit", "DATE_TIME", 0.08),
  contact("class_day", "Preferred class day", "DAY_OF_WEEK", 0.14),
  contact("rating", "Average rating", "DECIMAL_NUMBER", 0.1),
  contact("region_store", "Nearest store", "DRILLDOWN", 0.05, [
    "Maine/Portland",
    "Maine/Bangor",
    "Massachusetts/Boston",
  ]),
  contact("billing_mail", "Invoice e-mail", "EMAIL", 0.03),
  contact("birth_month", "Gift month", "MONTH", 0.05),
  contact("nickname", "Name on certificate", "NAME", 0.06),
  contact("discount", "Personal discount", "PERCENT", 0.02),
  contact("whatsapp", "WhatsApp", "PHONE_NUMBER", 0.06),
  contact("ssn", "Tax number (teachers)", "SOCIAL_SECURITY_NUMBER", 0.004),
  contact("teaches_in", "Teaches in", "STATE", 0.03),
  contact("allergies", "Material allergies", "TEXT", 0.03),
  contact("story", "Their story", "TEXT_AREA", 0.05),
  contact("mentor", "Mentor", "USER", 0.04),
  contact("team", "Support team", "USER_LIST_BOX", 0.01),
  contact("portfolio", "Portfolio", "WEBSITE", 0.05),
  contact("sketchbooks", "Sketchbooks filled", "WHOLE_NUMBER", 0.12),
  contact("started_year", "Drawing since", "YEAR", 0.1),
  contact("onboarding_call", "Onboarding completed", "YES_NO", 0),
  { key: "gift", record_type: "ORDER", label: "Gift", field_name: "Gift", field_type: "YES_NO", share: 0.06 },
  {
    key: "engraving",
    record_type: "ORDER",
    label: "Engraving",
    field_name: "Engraving",
    field_type: "TEXT",
    share: 0.02,
  },
  {
    key: "cohort",
    record_type: "SUBSCRIPTION",
    label: "Class group",
    field_name: "ClassGroup",
    field_type: "DROPDOWN",
    share: 0.5,
    options: ["Morning", "Evening", "Weekend"],
  },
  {
    key: "participants",
    record_type: "OPPORTUNITY",
    label: "Participants",
    field_name: "Participants",
    field_type: "WHOLE_NUMBER",
    share: 0.8,
  },
  {
    key: "industry",
    record_type: "COMPANY",
    label: "Industry",
    field_name: "Industry",
    field_type: "DROPDOWN",
    share: 0.7,
    options: ["Education", "Health", "Retail", "Tech"],
  },
  {
    key: "channel",
    record_type: "TASK_NOTE_APPOINTMENT",
    label: "Channel",
    field_name: "Channel",
    field_type: "DROPDOWN",
    share: 0.2,
    options: ["Phone", "Zoom", "In person"],
  },
  {
    key: "payout_note",
    record_type: "REFERRAL_PARTNER",
    label: "Payout note",
    field_name: "PayoutNote",
    field_type: "TEXT",
    share: 0.4,
  },
];
