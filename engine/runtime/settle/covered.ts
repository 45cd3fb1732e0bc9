/** A refused message as it may leave: its bytes with personal fields and card numbers treated. */
import { Buffer } from "node:buffer";
import type { Stream } from "../../model/contract.ts";
import type { Privacy } from "../../privacy/privacy.ts";
import { treatRefused } from "../../privacy/refused.ts";
import type { RefusedMessage } from "./entry.ts";

export function covered(
  refused: RefusedMessage,
  stream: Stream | undefined,
  privacy: Privacy | undefined,
): RefusedMessage {
  if (privacy === undefined) return refused;
  const [key, value] = [opened(refused.key), opened(refused.value)];
  const shown = treatRefused(privacy, stream, { key: key?.text ?? null, value: value?.text ?? null });
  if (!shown.redacted) return refused;
  return { ...refused, key: closed(shown.key, key), value: closed(shown.value, value), redacted: true };
}

interface Opened {
  readonly text: string;
  /** Bytes that are no UTF-8 are read as Latin-1, which keeps each of them. */
  readonly encoding: "utf8" | "latin1";
}

function opened(base64: string | null): Opened | null {
  if (base64 === null) return null;
  const bytes = Buffer.from(base64, "base64");
  const text = bytes.toString("utf8");
  const encoding = Buffer.from(text, "utf8").equals(bytes) ? "utf8" : "latin1";
  return { text: encoding === "utf8" ? text : bytes.toString("latin1"), encoding };
}

function closed(text: string | null, as: Opened | null): string | null {
  return text === null ? null : Buffer.from(text, as?.encoding ?? "utf8").toString("base64");
}
