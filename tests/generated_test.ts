/**
 * The generator against contracts and packs: every event satisfies its contract, and replaying a generated evening
 * through the shipped packs finds what each planted case says, and nothing where one says that nothing must be.
 */
import { expect } from "expect";
import { createArrival } from "../engine/generate/arrival.ts";
import { cases } from "../engine/generate/cases/mod.ts";
import {
  createGenerator,
  demoThresholds,
  type GeneratedEvent,
  type Label,
  streamNames,
} from "../engine/generate/mod.ts";
import type { Stream } from "../engine/model/contract.ts";
import type { Alert, OutputRecord } from "../engine/model/alert.ts";
import { fixedThresholds } from "../engine/model/threshold.ts";
import { parseTopic } from "../engine/model/topic.ts";
import { buildProject } from "../engine/project.ts";
import { createDecoder } from "../engine/runtime/decode.ts";
import type { RawMessage } from "../engine/runtime/ports.ts";
import { replay } from "../engine/runtime/replay.ts";

const root = new URL("..", import.meta.url).pathname;
const project = await buildProject({ packs: [`${root}rules`], contracts: `${root}contracts`, tests: false });
const encoder = new TextEncoder();

/** From the evening on, so that the case of the night is among those planted. */
const start = Date.parse("2026-01-05T21:30:00Z");
const hours = 2;
const end = start + hours * 3_600_000;
const day = 86_400_000;

function generated() {
  const generator = createGenerator({ streams: streamNames, seed: 5, start, rate: 12 });
  return { events: generator.next(end), labels: generator.labels() };
}

function streamOf(name: string): Stream {
  const stream = project.plan?.streams.get(name);
  if (stream === undefined) throw new Error(`there is no contract of "${name}", or a pack has an error`);
  return stream;
}

function messagesOf(events: readonly GeneratedEvent[], stream: string): RawMessage[] {
  return events.filter((event) => event.stream === stream).map(({ value }, offset) => ({
    topic: stream,
    partition: 0,
    offset,
    timestamp: undefined,
    key: null,
    value: encoder.encode(value),
  }));
}

/** What the shipped packs say of events, each stream in a file of its own. */
async function said(events: readonly GeneratedEvent[]) {
  const alerts: Alert[] = [];
  const records: OutputRecord[] = [];
  const plan = project.plan;
  if (plan === undefined) throw new Error("a pack has an error");
  const recordings = streamNames.map((stream) => {
    const batches = [messagesOf(events, stream)].values();
    const decoder = createDecoder(streamOf(stream), { live: undefined, recorded: true });
    return { stream, decoder, partitions: [], read: () => Promise.resolve(batches.next().value) };
  });
  const result = await replay(plan, recordings, {
    alert: (alert) => alerts.push(structuredClone(alert)),
    record: (record) => records.push(structuredClone(record)),
    late: () => {},
    dead: () => {},
  }, { until: end + 8 * day, thresholds: fixedThresholds(demoThresholds) });
  return { alerts, records, result };
}

Deno.test("every event of every stream satisfies its contract, with its time, topic and key", () => {
  const { events } = generated();
  for (const name of streamNames) {
    const stream = streamOf(name);
    const decoder = createDecoder(stream, { live: undefined, recorded: false });
    const own = events.filter((event) => event.stream === name);
    expect(own.length).toBeGreaterThan(20);
    for (const { value, topic, time, key } of own) {
      const decoded = decoder.decode(encoder.encode(value), topic, undefined);
      if (decoded.outcome !== "event") throw new Error(`${name}: ${decoded.reason} ${decoded.detail} in ${value}`);
      expect(decoded.time).toBe(time);
      expect(String(decoded.data[stream.key ?? ""])).toBe(key);
      expect(stream.topics.some((pattern) => parseTopic(pattern)?.match(topic) !== undefined)).toBe(true);
    }
  }
});

Deno.test("an ordinary event of a plain stream has every field that its contract declares", () => {
  const { events } = generated();
  for (const name of streamNames) {
    const stream = streamOf(name);
    const event = events.find((one) => one.stream === name && !one.planted);
    const value = JSON.parse(event?.value ?? "{}");
    const row = stream.format === "debezium" ? value.after : value;
    expect([name, Object.keys(row).sort()]).toEqual([name, Object.keys(stream.type.fields).sort()]);
  }
});

Deno.test("every rule of every pack has a case that makes it speak, and none is of a rule that does not exist", () => {
  const rules = (project.plan?.rules ?? []).map(({ name }) => name).sort();
  expect([...new Set(cases.filter(({ fires }) => fires).map(({ rule }) => rule))].sort()).toEqual(rules);
});

/** Labels that do not hold. */
async function broken(events: readonly GeneratedEvent[], labels: readonly Label[]) {
  const { alerts, records } = await said(events);
  return labels.filter((label) => {
    const spoken = label.by === "alert"
      ? alerts.some((alert) => isAlertOf(alert, label))
      : records.some((record) => isRecordOf(record, label));
    return spoken !== label.fires;
  }).map(({ rule, fires, says, key, from, to }) => ({ rule, fires, says, key, from, to }));
}

Deno.test("rules speak of each planted case that says so, and of no other planted one", async () => {
  const { events, labels } = generated();
  expect(await broken(events, labels)).toEqual([]);
  expect(labels.length).toBeGreaterThan(cases.length);
  const found = new Set(labels.filter(({ fires }) => fires).map(({ rule }) => rule));
  expect(cases.map(({ rule }) => rule).filter((rule) => !found.has(rule))).toEqual([]);
});

Deno.test("labels hold when events arrive in disorder, too late and undecodable", async () => {
  const { events, labels } = generated();
  const arrival = createArrival({ seed: 5, disorder: 1_500, late: 0.01, bad: 0.01 });
  const arrived = [...arrival.pass(events, end), ...arrival.rest()];
  expect(arrived.length).toBe(events.length);
  expect(await broken(arrived, labels)).toEqual([]);
});

function has(fields: object, wanted: Label["key"]): boolean {
  const held: Record<string, unknown> = { ...fields };
  return Object.entries(wanted).every(([name, value]) => held[name] === value);
}

function isWithin(time: string, { from, to }: Label): boolean {
  return from <= time && time <= to;
}

/** A rule without a key that decides at one event is known by that event's time among its evidence. */
function isAlertOf(alert: Alert, label: Label): boolean {
  if (`${alert.pack}/${alert.rule}` !== label.rule || alert.status !== "firing") return false;
  if (!isWithin(alert.event_time, label) || !has(alert.key, label.key)) return false;
  const [only] = label.events;
  if (Object.keys(label.key).length > 0 || label.events.length > 1 || only === undefined) return true;
  return alert.evidence.some(({ stream, time }) => stream === only.stream && time === only.time);
}

function isRecordOf(record: OutputRecord, label: Label): boolean {
  return `${record.pack}/${record.rule}` === label.rule && isWithin(record.event_time, label) &&
    has({ ...record.values, ...record.entities, ...record.key }, label.key);
}
