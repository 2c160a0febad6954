/** Tags by category. `null` = no category. Keys are what the generator applies them by. */
export interface TagSeed {
  key: string;
  name: string;
  category: string | null;
  description?: string;
}

export const tagCategorySeeds = [
  "Status",
  "Interest",
  "Bought",
  "Membership",
  "Events",
  "Lead magnet",
  "Newsletter",
  "Internal",
] as const;

export const tagSeeds: readonly TagSeed[] = [
  { key: "lead", name: "Lead", category: "Status" },
  { key: "customer", name: "Customer", category: "Status", description: "Has bought at least once" },
  { key: "member", name: "Member", category: "Status", description: "Has or had a Studio Circle membership" },
  { key: "former_member", name: "Former member", category: "Status" },
  { key: "vip", name: "VIP", category: "Status", description: "Spent more than $1,000" },
  {
    key: "vip_lower",
    name: "vip",
    category: "Internal",
    description: "Imported from the old list, not the same as VIP",
  },
  { key: "likes_drawing", name: "Likes drawing", category: "Interest" },
  { key: "likes_watercolor", name: "Likes watercolor", category: "Interest" },
  { key: "likes_ceramics", name: "Likes ceramics", category: "Interest" },
  { key: "likes_portrait", name: "Likes portraits", category: "Interest" },
  { key: "beginner", name: "Beginner", category: "Interest" },
  { key: "advanced", name: "Advanced", category: "Interest" },
  { key: "teacher", name: "Art teacher", category: "Interest" },
  { key: "bought_course", name: "Bought a course", category: "Bought" },
  { key: "bought_kit", name: "Bought a kit", category: "Bought" },
  { key: "bought_coaching", name: "Bought coaching", category: "Bought" },
  { key: "bought_kiln", name: "Bought the kiln", category: "Bought" },
  { key: "refunded", name: "Had a refund", category: "Bought" },
  { key: "trial", name: "Started a trial", category: "Membership" },
  {
    key: "onboarded",
    name: "Onboarding completed",
    category: "Membership",
    description: "Watched the three welcome lessons",
  },
  { key: "paused", name: "Membership paused", category: "Membership" },
  { key: "annual", name: "Annual plan", category: "Membership" },
  { key: "pro", name: "Pro member", category: "Membership" },
  { key: "card_failed", name: "Card failed", category: "Membership" },
  { key: "webinar_registered", name: "Webinar: registered", category: "Events" },
  { key: "webinar_attended", name: "Webinar: attended", category: "Events" },
  { key: "webinar_noshow", name: "Webinar: no-show", category: "Events" },
  { key: "open_studio", name: "🎨 Open studio", category: "Events" },
  { key: "retreat", name: "Summer retreat", category: "Events" },
  { key: "guide", name: "Starter guide", category: "Lead magnet" },
  { key: "quiz", name: "Quiz: which medium suits you?", category: "Lead magnet" },
  { key: "minicourse", name: "Free mini-course", category: "Lead magnet" },
  { key: "newsletter", name: "Newsletter", category: "Newsletter" },
  { key: "news_weekly", name: "Weekly inspiration", category: "Newsletter" },
  { key: "news_local", name: "Portland news", category: "Newsletter" },
  { key: "unengaged", name: "Unengaged 90 days", category: "Newsletter" },
  { key: "rose_bennett", name: "Rose Bennett", category: null, description: "Introduced by Rose Bennett" },
  { key: "import_2023", name: "Import from old shop", category: "Internal" },
  { key: "check_address", name: "Check the address", category: "Internal" },
  { key: "affiliate", name: "Affiliate", category: "Internal" },
  { key: "unused_gallery", name: "Gallery night (old)", category: "Events" },
  { key: "unused_test", name: "zz test – do not use", category: null },
];
