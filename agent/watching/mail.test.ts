import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "@/analytics/testing/sell";
import { contextFor, openWorlds } from "../testing/context";
import { createAlertTool } from "../tools/create-alert";
import { runTool } from "../tools/define-tool";
import { deliverMails } from "./deliver-mails";
import { composeMail, MailRefusal, mailSettingsSchema, openMailer } from "./mail";
import { checkDueAlerts } from "./run-alerts";

interface Received {
  from: string;
  to: string[];
  user: string | undefined;
  raw: string;
}

const servers: SMTPServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((done) => server.close(() => done()));
});

/** A mail server on loopback: answers as `answer` says, keeps what it took. */
async function mailServer(answer: (to: string) => { code: number } | null = () => null) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _, done) =>
      password === "right p@ss" ? done(null, { user: username }) : done(new Error("no")),
    onRcptTo: ({ address }, _, done) => {
      const refusal = answer(address);
      if (!refusal) return done();
      done(Object.assign(new Error("upstream text with secrets"), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          raw: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.server.address() as AddressInfo;
  return { received, port };
}

const mailerAt = (port: number, login = "") => {
  const mailer = openMailer({
    SMTP_URL: `smtp://${login}127.0.0.1:${port}`,
    SMTP_FROM: "Keapsake <k@shop.test>",
  });
  if (!mailer) throw new Error("no mailer");
  return mailer;
};
const mail = {
  to: "ann@shop.test",
  id: "alert-1",
  subject: "Orders: 3",
  text: "Three.\n",
  html: "<p>Three.</p>",
};

describe("the mail server", () => {
  it("gets mail with login, sender and a fixed id", async () => {
    const { received, port } = await mailServer();
    await mailerAt(port, "keap:right%20p%40ss@").send(mail);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ from: "k@shop.test", to: ["ann@shop.test"], user: "keap" });
    expect(received[0]?.raw).toContain("Message-ID: <alert-1@keapsake>");
    expect(received[0]?.raw).toContain("Auto-Submitted: auto-generated");
    expect(received[0]?.raw).toMatch(/text\/plain[\s\S]*Three\.[\s\S]*text\/html[\s\S]*<p>Three\.<\/p>/);
  });

  it("says in words why it failed, without the server's own", async () => {
    const gone = await mailServer((to) => (to.startsWith("gone") ? { code: 550 } : { code: 451 }));
    const mailer = mailerAt(gone.port);
    const refused = await mailer.send({ ...mail, to: "gone@shop.test" }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MailRefusal);
    expect(String(refused)).toMatch(/refused this message \(550\)/);
    const later = await mailer.send(mail).catch((error: unknown) => error);
    expect(later).not.toBeInstanceOf(MailRefusal);
    expect(String(later)).toMatch(/could not take the message now \(451\)/);
    const login = await mailerAt(gone.port, "keap:wrong@")
      .send(mail)
      .catch((error: unknown) => error);
    expect(String(login)).toMatch(/refused the login/);
    expect(login).not.toBeInstanceOf(MailRefusal);
    const away = await mailerAt(9)
      .send(mail)
      .catch((error: unknown) => error);
    expect(String(away)).toMatch(/could not be reached/);
    for (const error of [refused, later, login, away]) expect(String(error)).not.toContain("upstream");
  });

  it("is refused when the settings are wrong", () => {
    expect(openMailer({})).toBeNull();
    expect(openMailer({ SMTP_URL: "", SMTP_FROM: "" })).toBeNull();
    for (const [SMTP_URL, SMTP_FROM, words] of [
      ["smtp.example.com", "a@b.test", /SMTP_URL must be/],
      ["https://smtp.example.com", "a@b.test", /SMTP_URL must be/],
      ["smtp://smtp.example.com", undefined, /belong together/],
      ["smtp://smtp.example.com", "somebody", /SMTP_FROM must be/],
      ["smtp://smtp.example.com", "A <a@b.test>\r\nBcc: x@y.test", /SMTP_FROM must be/],
    ] as const)
      expect(() => mailSettingsSchema.parse({ SMTP_URL, SMTP_FROM }), SMTP_URL).toThrow(words);
  });
});

describe("a mail's text", () => {
  it("takes names for text", () => {
    const made = composeMail({
      account: "Shop\r\nBcc: x@y.test",
      name: "<img src=x onerror=alert(1)>",
      title: 'Most of it: product "<script>alert(1)</script>"\r\nBcc: x@y.test',
      body: 'Up <b>10%</b> & "more"\nSecond line',
      url: "https://crm.example.com/alerts",
    });
    expect(made.subject).toBe('Most of it: product "<script>alert(1)</script>" Bcc: x@y.test');
    expect(made.html).not.toMatch(/<script|<img|<b>/);
    expect(made.html).toContain("Up &lt;b&gt;10%&lt;/b&gt; &amp; &quot;more&quot;");
    expect(made.text).toContain('Up <b>10%</b> & "more"\nSecond line');
    expect(made.text).toContain("https://crm.example.com/alerts");
  });

  it("cannot add headers or receivers", async () => {
    const { received, port } = await mailServer();
    const made = composeMail({ account: "Shop", name: "n", title: "t\r\nBcc: x@y.test", body: "b" });
    await mailerAt(port).send({ ...made, to: "ann@shop.test", id: "alert-2" });
    expect(received[0]?.to).toEqual(["ann@shop.test"]);
    expect(received[0]?.raw).not.toMatch(/^Bcc:/m);
  });
});

describe("alerts by mail", () => {
  let worlds: Awaited<ReturnType<typeof openWorlds>>;
  beforeAll(async () => {
    worlds = await openWorlds();
  });
  afterAll(() => worlds.stop());

  it("reach every address once, and are tried again for a day", async () => {
    const world = await worlds.world();
    await world.insert("contacts", [{ keap_id: 1, given_name: "Ann" }]);
    await world.insert("products", [{ keap_id: 1, name: "Kit" }]);
    const at = "2026-11-18T16:00:00Z";
    await sell(world, [
      { keap_id: 1, contact: 1, at, total: 10_000, items: [{ product: 1, price: 10_000 }] },
    ]);
    await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at, amount: 10_000 }]);
    const now = new Date("2026-11-23T15:00:00Z");
    const context = await contextFor(world, { role: "analyst" });
    const { alert_id } = await runTool(
      createAlertTool,
      { metric: "orders", when: "above", value: 0 },
      context,
    );
    const channels = [
      { kind: "email", to: ["ann@shop.test", "Ann@shop.test", "gone@shop.test", "full@shop.test"] },
    ];
    const due = () =>
      world.database.sql(
        "update public.alerts set next_check_at = '2026-01-01', state = '{}', channels = $2::jsonb where id = $1",
        [alert_id, JSON.stringify(channels)],
      );
    const deps = { service: world.database.service, door: world.door, clock: () => now };
    await due();
    expect(await checkDueAlerts(deps)).toMatchObject({ fired: 1 });
    // Killed before it could note that it had told, and begun again.
    await due();
    await checkDueAlerts(deps);

    const deliver = (mailer: Parameters<typeof deliverMails>[1]["mailer"], minutes: number) =>
      deliverMails(world.database.service, {
        mailer,
        appUrl: "https://crm.example.com",
        now: new Date(now.getTime() + minutes * 60_000),
      });
    const rows = () =>
      world.database.sql<{ channel: string; status: string; attempts: number; error: string | null }>(
        "select channel, status, attempts, error from public.alert_deliveries where alert_id = $1 order by channel",
        [alert_id],
      );
    expect(await deliver(null, 0)).toEqual({ sent: 0, failed: 0 });
    expect((await rows()).map(({ attempts, error }) => [attempts, error?.includes("SMTP_URL")])).toEqual([
      [1, true],
      [1, true],
      [1, true],
    ]);
    const { received, port } = await mailServer((to) =>
      to.startsWith("gone") ? { code: 550 } : to.startsWith("full") ? { code: 452 } : null,
    );
    const mailer = mailerAt(port);
    // Too early for a second attempt.
    expect(await deliver(mailer, 10)).toEqual({ sent: 0, failed: 0 });
    expect(await deliver(mailer, 30)).toEqual({ sent: 1, failed: 1 });
    expect(received.map(({ to }) => to)).toEqual([["ann@shop.test"]]);
    expect(received[0]?.raw).toContain("Subject: Orders: 1 from 16 Nov 2026 to 22 Nov 2026");
    expect(received[0]?.raw.replaceAll("=\r\n", "")).toContain("https://crm.example.com/alerts");
    expect(await rows()).toMatchObject([
      { channel: "email:ann@shop.test", status: "sent", attempts: 2, error: null },
      {
        channel: "email:full@shop.test",
        status: "waiting",
        attempts: 2,
        error: expect.stringContaining("452"),
      },
      {
        channel: "email:gone@shop.test",
        status: "failed",
        attempts: 2,
        error: expect.stringContaining("550"),
      },
    ]);
    for (const minutes of [130, 400]) await deliver(mailer, minutes);
    expect(await deliver(mailer, 1_500)).toEqual({ sent: 0, failed: 1 });
    expect(await deliver(mailer, 9_000)).toEqual({ sent: 0, failed: 0 });
    expect(received).toHaveLength(1);
  });
});
