/**
 * From an event in Kafka to its alert in Kafka, as a consumer of the alerts sees it: ticks at a steady rate with the wall
 * clock in them, a filter (which leaves at once) and a score (which leaves after the checkpoint that holds it), `vigie run`
 * on a real Kafka and Redis. Aims at 5,000 events/s, p99: 50 ms filter, 100 ms stateful.
 * `deno run -A bench/latency.ts [events a second] [seconds]`
 */
import { openKafka } from "../engine/adapters/kafka.ts";
import { startVigie } from "../tests/run/process.ts";
import { deployTicks, oneEach, sendTicks, start } from "../tests/run/ticks.ts";
import { seen } from "../tests/run/watch.ts";
import { kafkaService, redisService } from "../tests/services/services.ts";

const keys = 100;

/** Of a hundred keys one is alerted of, and one is scored. */
const rules = `pack: ticks
defaults: { severity: info }
rules:
  - id: filtered
    title: A tick
    kind: filter
    on: ticks
    when: tick.k == "k1" && tick.x > 1000
    context: [x]
    sinks: [filtered]
  - id: scored
    title: A score
    kind: score
    on: ticks
    where: tick.k == "k2" && tick.x > 1000
    key: tick.k
    features: { n: { window: { sliding: 1m }, value: count() }, last: { window: { sliding: 1m }, value: max(tick.x) } }
    points: { many: { when: n > 10, add: 10 } }
    decisions: { allow: true }
    emit_to: scored
`;

interface Heard {
  readonly filtered: number[];
  readonly scored: number[];
}

/** Milliseconds from the number in each alert or record, which is when its tick was sent, to its arrival here. */
async function listen(broker: string, topics: { readonly filtered: string; readonly scored: string }) {
  const kafka = openKafka({ brokers: [broker] }, "bench-listener");
  const heard: Heard = { filtered: [], scored: [] };
  const listening = await kafka.listen({
    group: `latency-${crypto.randomUUID()}`,
    topics: Object.values(topics),
    position: () => 0,
    isHeld: () => false,
    assigned: () => {},
    batch(topic, _partition, { messages }) {
      const now = Date.now();
      for (const { value } of messages) {
        const { context, values } = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
        if (topic === topics.filtered) heard.filtered.push(now - context.tick.x);
        else heard.scored.push(now - values.last);
      }
    },
    trouble: (reason) => console.error(reason),
  });
  return {
    heard,
    async close() {
      await listening.close();
      await kafka.close();
    },
  };
}

/** Sends ticks at a rate, every five milliseconds, for so many seconds. */
async function flow(broker: string, topic: string, rate: number, seconds: number): Promise<void> {
  const kafka = openKafka({ brokers: [broker] }, "bench");
  const sending: Promise<unknown>[] = [];
  let sent = 0;
  for (const begun = performance.now(); performance.now() < begun + seconds * 1_000; await pause(5)) {
    const due = Math.floor(((performance.now() - begun) * rate) / 1_000);
    const now = Date.now();
    const messages = Array.from({ length: due - sent }, (_, i) => {
      const [number, time] = [sent + i, start + 1_000 + sent + i];
      const key = `k${number % keys}`;
      return { key, value: `{"k":"${key}","t":${time},"x":${now}}`, partition: 0, timestamp: time };
    });
    if (messages.length > 0) sending.push(kafka.produce(topic, messages));
    sent = due;
  }
  await Promise.all(sending);
  await kafka.close();
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

export async function benchLatency(rate: number, seconds: number): Promise<Heard> {
  const [broker, redis] = [await kafkaService(), await redisService()];
  const mark = crypto.randomUUID().slice(0, 8);
  const topics = { filtered: `filtered-${mark}`, scored: `scored-${mark}` };
  const sinks = Object.entries(topics).map(([name, topic]) => `  ${name}: { kafka: { topic: ${topic} } }`).join("\n");
  const deployment = await deployTicks({ broker, rules, sinks, store: `{ redis: "redis://${redis}" }` });
  await sendTicks(broker, deployment.topic, oneEach(keys, start));
  const running = startVigie(["run", "--config", "vigie.yaml"], deployment.folder);
  await seen(deployment, running, ({ events, lag }) => events === keys && lag === 0);
  const { heard, close } = await listen(broker, topics);
  // The first seconds warm up.
  await flow(broker, deployment.topic, rate, 3);
  await pause(500);
  for (const  of of[heard.filtered, heard.scored]) of.length = 0;
  await flow(broker, deployment.topic, rate, seconds);
  await pause(1_000);
  await close();
  running.kill("SIGTERM");
  await running.ended;
  await deployment.remove();
  return heard;
}

if (import.meta.main) {
  const rate = Number(Deno.args[0] ?? 5_000);
  const heard = await benchLatency(rate, Number(Deno.args[1] ?? 20));
  for (const [name, aim] of [["filtered", 50], ["scored", 100]] as const) {
    const of = heard[name];
    const [half, most, worst] = [0.5, 0.99, 1].map((share) => quantile(of, share));
    console.log(
      `${
        name.padEnd(9)
      } ${of.length} at ${rate} events/s: p50 ${half} ms, p99 ${most} ms, max ${worst} ms; aim p99 ${aim} ms`,
    );
  }
}
