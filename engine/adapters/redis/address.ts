/**
 * Where Redis is: `redis://user:password@host:6379/0`, `rediss://` for TLS, and through Sentinel
 * `redis+sentinel://user:password@host:26379,host:26379/master-name/0`. `?sentinel_password=` is for the Sentinels.
 */
import { StoreError } from "../../runtime/store.ts";

export interface RedisAddress {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** One without Sentinel; the Sentinels with it. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly sentinel: { readonly master: string; readonly password: string | undefined } | undefined;
}

const pattern =
  /^(?<scheme>rediss?)(?<sentinel>\+sentinel)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;

/** Throws a sentence without the password where the text is no such address. */
export function parseAddress(url: string): RedisAddress {
  const groups = pattern.exec(url)?.groups;
  if (groups === undefined) throw unreadable("expected redis://host:6379");
  const viaSentinel = groups.sentinel !== undefined;
  const segments = (groups.path ?? "").split("/").filter((segment) => segment !== "").map(decodeURIComponent);
  const master = viaSentinel ? segments.shift() : undefined;
  if (viaSentinel && master === undefined) throw unreadable("expected the name of the master behind the Sentinels");
  const database = Number(segments[0] ?? 0);
  if (segments.length > 1 || !Number.isInteger(database)) {
    throw unreadable("expected the number of a database at its end");
  }
  return {
    tls: groups.scheme === "rediss",
    username: decoded(groups.user),
    password: decoded(groups.password),
    database,
    hosts: (groups.hosts ?? "").split(",").map((text) => hostOf(text, viaSentinel ? 26_379 : 6_379)),
    sentinel: master === undefined
      ? undefined
      : { master, password: new URLSearchParams(groups.query).get("sentinel_password") ?? undefined },
  };
}

/** How an address is named in messages. */
export function addressText({ hosts, sentinel }: RedisAddress): string {
  const places = hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
  return sentinel === undefined ? places : `"${sentinel.master}" (Sentinel ${places})`;
}

function hostOf(text: string, usual: number): { host: string; port: number } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text);
  if (match === null) throw unreadable(`"${text}" is no host and port`);
  return { host: (match[1] ?? "").replace(/^\[|\]$/g, ""), port: Number(match[2] ?? usual) };
}

function decoded(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : decodeURIComponent(text);
}

function unreadable(why: string): StoreError {
  return new StoreError(`The address of Redis cannot be read: ${why}`, "refused");
}
