import { createTransport } from "nodemailer";
import { z } from "zod";

/** Settings of the mail that alerts and digests are sent by. Without them people are told in the app alone. */
export const mailSettingsSchema = z
  .object({
    SMTP_URL: z
      .url({
        protocol: /^smtps?$/,
        error:
          "SMTP_URL must be the address of a mail server, such as smtps://user:password@smtp.example.com:465 or smtp://user:password@smtp.example.com:587.",
      })
      .optional(),
    SMTP_FROM: z
      .string()
      .max(300)
      .regex(
        /^[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/,
        'SMTP_FROM must be an address such as "Keapsake <reports@example.com>".',
      )
      .optional(),
  })
  .refine(({ SMTP_URL, SMTP_FROM }) => !SMTP_URL === !SMTP_FROM, {
    message: "SMTP_URL and SMTP_FROM belong together: set both, or neither.",
    path: ["SMTP_FROM"],
  });

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same for every attempt, so that a mailbox that got it already can tell. */
  id: string;
}

export interface Mailer {
  from: string;
  /** @throws MailRefusal when the server will never take it, any other error when a later attempt may work. */
  send(mail: Mail): Promise<void>;
}

/** The server said no for good (5xx to this sender, address or text). */
export class MailRefusal extends Error {
  override readonly name = "MailRefusal";
}

const timeoutMs = 15_000;

/** Opens the mail server of the environment; null where none is set. @throws ZodError naming the setting and the cure. */
export function openMailer(env: Record<string, string | undefined>): Mailer | null {
  const { SMTP_URL, SMTP_FROM } = mailSettingsSchema.parse({
    SMTP_URL: env.SMTP_URL || undefined,
    SMTP_FROM: env.SMTP_FROM || undefined,
  });
  if (!SMTP_URL || !SMTP_FROM) return null;
  const { protocol, hostname, port, username, password } = new URL(SMTP_URL);
  const secure = protocol === "smtps:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const transport = createTransport({
    host,
    port: port ? Number(port) : secure ? 465 : 587,
    secure,
    // A password never travels in the clear, but to this machine itself.
    requireTLS: !secure && username !== "" && !["localhost", "127.0.0.1", "::1"].includes(host),
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is made of our own words: nothing is fetched or read from disk for it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from: SMTP_FROM,
    send: async ({ to, subject, text, html, id }) => {
      try {
        await transport.sendMail({
          from: SMTP_FROM,
          to,
          subject,
          text,
          html,
          messageId: `<${id}@keapsake>`,
          headers: { "Auto-Submitted": "auto-generated" },
        });
      } catch (error) {
        throw inWords(error, host);
      }
    },
  };
}

const failureSchema = z.looseObject({
  code: z.string().optional(),
  responseCode: z.number().optional(),
});

/** What went wrong, for the reader of the alerts page; never the server's own text, which may repeat the login. */
function inWords(error: unknown, host: string): Error {
  const { code, responseCode } = failureSchema.catch({}).parse(error);
  if (code === "EAUTH")
    return new Error(
      `The mail server ${host} refused the login (${responseCode ?? "no code"}). Check SMTP_URL.`,
    );
  if (responseCode && responseCode >= 500)
    return new MailRefusal(
      `The mail server refused this message (${responseCode}). Check the address, and that SMTP_FROM may send here.`,
    );
  if (responseCode) return new Error(`The mail server could not take the message now (${responseCode}).`);
  if (code === "ETLS")
    return new Error(
      `The mail server ${host} offers no encryption, so the password was not sent. Use smtps://.`,
    );
  return new Error(`The mail server ${host} could not be reached.`);
}

export interface AlertMessage {
  account: string;
  name: string;
  title: string;
  body: string;
  /** Where the alert can be changed; left out where the app has no public address. */
  url?: string;
}

/** The mail of one alert. Names come from the CRM: they are text in it, never markup, and one line in the subject. */
export function composeMail({ account, name, title, body, url }: AlertMessage): Omit<Mail, "to" | "id"> {
  const oneLine = (text: string) => text.replace(/[\p{C}\s]+/gu, " ").trim();
  const why = `You get this because of the alert "${oneLine(name)}" of ${oneLine(account)}.`;
  const change = url ? `See or change it: ${url}` : "See or change it in Keapsake, under Alerts.";
  const paragraphs = body
    .split("\n")
    .map((line) => `<p style="margin:0 0 6px">${escapeHtml(line)}</p>`)
    .join("");
  return {
    subject: oneLine(title).slice(0, 180),
    text: `${oneLine(title)}\n\n${body}\n\n--\n${why}\n${change}\n`,
    html: [
      '<!doctype html><html lang="en"><body style="font-family:system-ui,sans-serif;color:#18181b;max-width:560px">',
      `<h1 style="font-size:18px;margin:0 0 12px">${escapeHtml(oneLine(title))}</h1>`,
      paragraphs,
      `<p style="margin:24px 0 0;font-size:13px;color:#52525b">${escapeHtml(why)} `,
      url ? `<a href="${escapeHtml(url)}">See or change it</a>` : escapeHtml(change),
      "</p></body></html>",
    ].join(""),
  };
}

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (each) => escapes[each] ?? each);
