import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";
import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { type DeliveryCounts, deliverWaiting, NeverDeliverable } from "./deliveries";

/** Networks of ours or of nobody: a webhook must not be a way to reach inside. RFC 6890 and successors. */
const closed = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  closed.addSubnet(net, bits, "ipv4");

const open6 = new BlockList();
// Global unicast alone; of it not the tunnels and documentation that can hide a private address.
open6.addSubnet("2000::", 3, "ipv6");
const closed6 = new BlockList();
closed6.addSubnet("2001::", 23, "ipv6");
closed6.addSubnet("2001:db8::", 32, "ipv6");
closed6.addSubnet("2002::", 16, "ipv6");

/** True for an address on the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, "ipv4");
  return family === 6 && open6.check(address, "ipv6") && !closed6.check(address, "ipv6");
}

export class WebhookRefusal extends Error {
  override readonly name = "WebhookRefusal";
}

export type Resolve = (host: string) => Promise<LookupAddress[]>;

/** The address to call, after looking the name up. @throws WebhookRefusal for anything that is not plainly public. */
export async function checkTarget(
  url: string,
  resolve: Resolve = (host) => lookup(host, { all: true }),
): Promise<{ url: URL; address: LookupAddress }> {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target?.protocol !== "https:")
    throw new WebhookRefusal("A webhook needs an https:// address. Correct it in the alert.");
  if (target.username || target.password)
    throw new WebhookRefusal("The address must not hold a user name or password.");
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host)
    ? [{ address: host, family: isIP(host) }]
    : await resolve(host).catch(() => {
        throw new WebhookRefusal(`The name ${host} is not known. Correct it in the alert.`);
      });
  const [address] = addresses;
  if (!address || addresses.some((each) => !isPublicAddress(each.address)))
    throw new WebhookRefusal(`${host} is no public address, so nothing is sent there.`);
  return { url: target, address };
}

const timeoutMs = 10_000;

/**
 * Posts to the address that was checked, so that a second look-up cannot lead elsewhere. Redirects are not followed: where
 * they lead was never checked.
 */
export async function postWebhook(url: string, body: unknown, resolve?: Resolve): Promise<number> {
  const { url: target, address } = await checkTarget(url, resolve);
  const text = JSON.stringify(body);
  return new Promise((done, fail) => {
    const request = httpsRequest(
      target,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
          "user-agent": "Keapsake",
        },
        lookup: (_host, options, callback) =>
          options.all ? callback(null, [address] as never) : callback(null, address.address, address.family),
        timeout: timeoutMs,
      },
      (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      },
    );
    request.on("timeout", () => request.destroy(new Error("no answer within ten seconds")));
    request.on("error", fail);
    request.end(text);
  });
}

const payloadSchema = z.looseObject({ url: z.string().optional() });

/** Posts what waits for a webhook. */
export function deliverWebhooks(
  service: SupabaseClient,
  post: (url: string, body: unknown) => Promise<number> = postWebhook,
  now: Date = new Date(),
): Promise<DeliveryCounts> {
  return deliverWaiting("webhook", { service, now }, async ({ payload }) => {
    const { url = "", ...body } = payloadSchema.parse(payload);
    const status = await post(url, body).catch((failure: unknown) => {
      throw failure instanceof WebhookRefusal ? new NeverDeliverable(failure.message) : failure;
    });
    if (status < 200 || status >= 300) throw new Error(`The receiver answered ${status}.`);
  });
}
