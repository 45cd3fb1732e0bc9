/**
 * Messages that became no event, and copies of late ones, as they may leave. Of a stream with personal fields only what
 * can be read is shown, with its marks applied at any depth; bytes that nobody can read are withheld, and found again in
 * the source by topic, partition and offset.
 */
import type { Personal, Stream } from "../model/contract.ts";
import { isFields, type Value } from "../model/value.ts";
import { maskCards, maskCardsIn } from "./cards.ts";
import { treated } from "./marks.ts";
import type { Privacy } from "./privacy.ts";

/** Key and content of a message; null for none. */
export interface RefusedContent {
  readonly key: string | null;
  readonly value: string | null;
}

export interface TreatedContent extends RefusedContent {
  /** Something was replaced or withheld: the original is in the source. */
  readonly redacted: boolean;
}

export function treatRefused(
  { key: secret }: Privacy,
  stream: Stream | undefined,
  content: RefusedContent,
): TreatedContent {
  const marks = stream?.personal ?? {};
  const keyMark = stream?.key === undefined || !Object.hasOwn(marks, stream.key) ? undefined : marks[stream.key];
  const key = content.key === null ? null : ofKey(content.key, keyMark, secret);
  const value = content.value === null ? null : ofValue(content.value, marks, secret);
  return { key, value, redacted: key !== content.key || value !== content.value };
}

function ofKey(key: string, mark: Personal | undefined, secret: string | undefined): string | null {
  const shown = mark === undefined ? key : treated(mark, key, secret);
  return shown === undefined || shown === null ? null : maskCards(String(shown));
}

/** Bytes stay as they were where nothing in them can be personal. */
function ofValue(text: string, marks: Stream["personal"], secret: string | undefined): string | null {
  if (Object.keys(marks).length === 0 || !holdsAnything(text)) return maskCards(text);
  const value = parsed(text);
  if (value === null || typeof value === "boolean") return text;
  if (!isFields(value)) return null;
  if (!mayName(text, Object.keys(marks))) return maskCards(text);
  if (isTooDeep(value)) return null;
  return JSON.stringify(maskCardsIn(ofFields(value, marks, secret)));
}

/** Levels beyond which a value is not read: what walks it level by level would run out of stack. */
const depthMax = 1_000;

function isTooDeep(value: Value): boolean {
  let level: readonly Value[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return true;
    level = level.flatMap((one) => Array.isArray(one) ? one : isFields(one) ? Object.values(one) : []);
  }
  return false;
}

/** Brackets and signs alone hold no value. */
function holdsAnything(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** Whether a text has one of these names; an escape may spell any. */
function mayName(text: string, names: readonly string[]): boolean {
  return text.includes("\\u") || names.some((name) => text.includes(`"${name}"`));
}

/** Marks hold for a name wherever it stands: an envelope, a row before a change, an event wrapped by mistake. */
function ofFields(value: Value, marks: Stream["personal"], secret: string | undefined): Value {
  if (Array.isArray(value)) return value.map((item) => ofFields(item, marks, secret));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const mark = Object.hasOwn(marks, name) ? marks[name] : undefined;
      const shown = mark === undefined ? ofFields(item, marks, secret) : treated(mark, item, secret);
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
