/** What leaves the engine in place of a personal value: a keyed hash, its ends, the network of an address, or nothing. */
import { createHmac } from "node:crypto";
import type { Personal } from "../model/contract.ts";
import { isFields, type Value } from "../model/value.ts";
import { maskEnds } from "./cards.ts";

/** Bytes of a hash that are shown: 128 bits. */
const shownBytes = 16;

/** The value as it leaves; undefined when nothing of it does. Without a key hashed values are dropped. */
export function treated(mark: Personal, value: Value, key: string | undefined): Value | undefined {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => treated(mark, item, key) ?? null);
  if (isFields(value)) return ofFields(mark, value, key);
  switch (mark) {
    case "hash":
      return key === undefined ? undefined : hashed(String(value), key);
    case "mask":
      return maskEnds(String(value));
    case "truncate":
      return truncated(String(value));
    case "drop":
      return undefined;
  }
}

/** The entries of `top` keep how often a value came. */
function ofFields(mark: Personal, fields: { readonly [name: string]: Value }, key: string | undefined): Value {
  const isCounted = Object.keys(fields).sort().join() === "count,value";
  return Object.fromEntries(
    Object.entries(fields).map(([name, item]) => [
      name,
      isCounted && name === "count" ? item : treated(mark, item, key) ?? null,
    ]),
  );
}

/** HMAC-SHA-256 as text: the same person is the same text wherever it shows, and without the key nobody finds who. */
export function hashed(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest().subarray(0, shownBytes).toString("base64url");
}

/** Three octets of an IPv4 address, three groups of an IPv6 address; nothing of what is no address. */
function truncated(address: string): string | undefined {
  const octets = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address)?.[1];
  if (octets !== undefined) return octets;
  if (!/^[0-9a-f:]+(\.\d+)*(%\w+)?$/i.test(address) || !URL.canParse(`http://[${address.replace(/%.*/, "")}]`)) {
    return undefined;
  }
  const [head = "", tail] = new URL(`http://[${address.replace(/%.*/, "")}]`).hostname.slice(1, -1).split("::");
  const groups = head === "" ? [] : head.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...(tail ?? "").split(":")];
  return `${all.slice(0, 3).join(":")}::`;
}

/** The mark of what is made of marked values by an expression: it may show any part of them. */
export function strictest(marks: readonly Personal[]): Personal | undefined {
  if (marks.length === 0) return undefined;
  return marks.includes("drop") ? "drop" : "hash";
}
