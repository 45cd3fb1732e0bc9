/** Records that no producer should send: each is a dead letter with its reason, or an event like any, and nothing stops. */
import { expect } from "expect";
import type { RawMessage } from "../../engine/runtime/ports.ts";
import { generatePayments } from "../run/payments.ts";
import { readTopic } from "../services/read_topic.ts";
import { Arena } from "./arena.ts";
import type { Scenario } from "./scenario.ts";

interface Poison {
  readonly what: string;
  readonly value: Uint8Array | null;
  /** Why it is a dead letter; undefined for what is an event. */
  readonly reason: string | undefined;
}

const encoder = new TextEncoder();

/** Every poison, made from the text of a sound payment. */
function poisons(sound: string): Poison[] {
  const payment: Record<string, unknown> = { ...JSON.parse(sound), is_flagged: true, risk_score: 99 };
  const dead = (what: string, reason: string, value: string | Uint8Array | null): Poison => ({
    what,
    reason,
    value: typeof value === "string" ? encoder.encode(value) : value,
  });
  const event = (what: string, text: string): Poison => ({ what, reason: undefined, value: encoder.encode(text) });
  const withField = (name: string, written: string) => {
    const { [name]: _, ...rest } = payment;
    return `{"${name}":${written},${JSON.stringify(rest).slice(1)}`;
  };
  const long = "x".repeat(900_000);
  const nested = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const objects = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  return [
    dead("a tombstone", "null_value", null),
    dead("no bytes", "not_json", ""),
    dead("the text null", "null_value", "null"),
    dead("a list", "not_an_object", "[1,2]"),
    dead("a number of a megabyte", "not_an_object", "1".repeat(900_000)),
    dead("as much as a broker takes", "not_json", "x".repeat(1_048_400)),
    dead("half a record", "not_json", sound.slice(0, -5)),
    dead("invalid UTF-8", "not_utf8", encoder.encode(sound).map((byte, i) => i === 20 ? 0xff : byte)),
    dead("an overlong encoding", "not_utf8", new Uint8Array([0x22, 0xc0, 0xaf, 0x22])),
    dead("lists 50,000 deep", "too_deep", withField("user_agent", nested)),
    dead("objects 50,000 deep", "too_deep", withField("note", objects)),
    dead("a string of 900 KB for a number", "schema", withField("amount", `"${long}"`)),
    dead("a number beyond all doubles", "schema", withField("amount", "1e999")),
    dead("an identifier that stands in the prototype", "schema", `{"__proto__":${sound}}`),
    dead("a time that does not exist", "no_time", withField("created_at", '"2026-02-30T10:00:00Z"')),
    dead("a time far ahead", "too_far_ahead", withField("created_at", '"9999-12-31T23:59:59Z"')),
    event("a string of 900 KB", withField("user_agent", `"${long}"`)),
    event("a key of 900 KB", withField("customer_id", `"${long}"`)),
    event("__proto__ as a field", withField("__proto__", '{"is_flagged":false,"amount":"polluted"}')),
    event("__proto__ as a key", withField("customer_id", '"__proto__"')),
    event("constructor as a key", withField("device_id", '"constructor"')),
    event("a key with half a surrogate", withField("session_id", '"\\ud800"')),
    event("a key with control characters", withField("customer_id", '"a\\u0000\\n\\u001fb"')),
    event("a field twice", `{"amount":"no number",${JSON.stringify(payment).slice(1)}`),
    event("a number beyond 2^53", withField("amount", "900719925474099300000000000001")),
    event("the least of numbers", withField("amount", "5e-324")),
  ];
}

/** A log with every poison in every partition, so many times, and the reasons of those that are dead. */
function poisoned(events: number, partitions: number, times: number) {
  const sound = generatePayments(events, partitions, 20);
  const every = Math.floor(events / (times * partitions + 1));
  const offsets = new Array<number>(partitions).fill(0);
  const messages: RawMessage[] = [];
  const dead = new Map<RawMessage, string>();
  const add = (message: RawMessage): RawMessage => {
    const placed = { ...message, offset: offsets[message.partition]!++ };
    messages.push(placed);
    return placed;
  };
  for (const [i, message] of sound.entries()) {
    add(message);
    if (i % every !== every - 1) continue;
    for (const { value, reason } of poisons(new TextDecoder().decode(message.value ?? undefined))) {
      const placed = add({ ...message, value });
      if (reason !== undefined) dead.set(placed, reason);
    }
  }
  return { messages, dead };
}

export const poison: Scenario = {
  name: "poison",
  says: "records that no producer should send are dead letters with their reason, or events like any; nothing stops",
  async run({ isLong, note }) {
    const partitions = 2;
    const { messages, dead } = poisoned(isLong ? 40_000 : 6_000, partitions, isLong ? 8 : 1);
    const arena = await Arena.open({ messages, partitions, isEvent: (message) => !dead.has(message) });
    try {
      const running = await arena.start();
      await arena.send();
      await running.settled();
      await running.stop();
      await arena.drain();
      const letters = await readTopic([arena.broker], `${arena.deployment.topic}.dlq`);
      const found = letters.map(({ headers: { partition, offset, reason } }) => `${partition}/${offset} ${reason}`);
      const wanted = [...dead].map(([{ partition, offset }, reason]) => `${partition}/${offset} ${reason}`);
      expect(found.sort()).toEqual(wanted.sort());
      const { alerts } = await arena.judge();
      note(`${wanted.length} dead letters, each with its reason; ${alerts} alerts, none lost, none extra`);
    } finally {
      await arena.close();
    }
  },
};
