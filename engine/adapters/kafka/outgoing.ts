/** Messages on their way out: values as bytes, cut into requests that a broker takes, in the form of the client library. */
import { Buffer } from "node:buffer";
import type { OutgoingMessage } from "./port.ts";

/** Bytes of a request: brokers take batches of 1 MiB by default, and all messages may be for one partition. */
const requestBytes = 700_000;

/** Messages with their values as bytes, in order, cut so that no request is larger than a broker takes, unless one message is so by itself. */
export function inRequests(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const requests: OutgoingMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages.map(encoded)) {
    const size = sizeOf(message.key) + sizeOf(message.value) + 100;
    if (bytes + size > requestBytes) {
      requests.push([]);
      bytes = 0;
    }
    bytes += size;
    requests.at(-1)?.push(message);
  }
  return requests;
}

/** The value as the bytes that are sent: made once, and a request is cut by its true size, not by the largest possible. */
function encoded(message: OutgoingMessage): OutgoingMessage {
  return typeof message.value === "string" ? { ...message, value: Buffer.from(message.value) } : message;
}

/** Bytes of a text at most: no UTF-16 unit takes more than three. */
function sizeOf(text: string | Uint8Array | null): number {
  return text === null ? 0 : typeof text === "string" ? text.length * 3 : text.length;
}

/** A message as the library takes it. */
export function outgoing({ key, value, headers, partition, timestamp }: OutgoingMessage) {
  return {
    key: buffered(key),
    value: buffered(value),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
  };
}

/** The library knows bytes only as buffers. */
function buffered(content: string | Uint8Array | null): string | Buffer | null {
  return content instanceof Uint8Array ? Buffer.from(content.buffer, content.byteOffset, content.byteLength) : content;
}
