import type { DefaultAppConfig } from "@supabase/lite";
import type { SupabaseKeys } from "./keys";

/** What lite serves, on either database: tables and sign-in, as hosted Supabase would with these keys. */
export function liteSettings<C>(connection: C, keys: SupabaseKeys): DefaultAppConfig & { connection: C } {
  return {
    connection,
    api: { enabled: true, schemas: ["public"], max_rows: 1000 },
    auth: {
      enabled: true,
      jwt_secret: keys.jwt_secret,
      publishable_key: keys.publishable_key,
      secret_key: keys.secret_key,
      enable_signup: true,
      minimum_password_length: 8,
      email: { enable_signup: true, enable_confirmations: false },
    },
    storage: { enabled: false },
    studio: { enabled: false },
  } as unknown as DefaultAppConfig & { connection: C };
}
