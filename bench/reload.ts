/**
 * Reload of a pack under load, on a real Kafka and Redis: ticks come at a steady rate over 100,000 keys with state, and the
 * pack is edited: nothing that matters, a threshold, a window. Aims: no event lost or handled twice, a pause of at most 1 s.
 * The pause is the longest time between two events handled, beside the longest without any edit. Alone:
 * `deno run -A bench/reload.ts [ticks a second]`.
 */
import { openKafka } from "../engine/adapters/kafka.ts";
import { startVigie } from "../tests/run/process.ts";
import { deployTicks, oneEach, sendTicks, start, type TickDeployment } from "../tests/run/ticks.ts";
import { seen } from "../tests/run/watch.ts";
import { readTopic } from "../tests/services/read_topic.ts";
import { kafkaService, ownRedis } from "../tests/services/services.ts";

const keys = 100_000;

/** One alert for every tick, so that each is seen to be handled; and a rule with state for each key. */
const rules = `pack: ticks
defaults: { severity: info }
rules:
  - id: every
    title: A tick
    kind: filter
    on: ticks
    when: tick.x >= 1000
    context: [x]
    sinks: [handled]
  - id: often
    title: A key ticks often
    kind: threshold
    on: ticks
    key: tick.k
    window: { sliding: 1h }
    aggregate: { n: count() }
    when: n > 1000
    sinks: [often]
`;

/** What is edited, how, and what the reload must answer. */
const edits = [
  ["a remark", (text: string) => `${text}# a remark\n`, "unchanged"],
  ["a threshold", (text: string) => text.replace("n > 1000", "n > 2000"), "switched"],
  ["a window", (text: string) => text.replace("sliding: 1h", "sliding: 2h"), "switched"],
] as const;

/** When something was going on, by the wall clock. */
interface Phase {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** Sends numbered ticks at a rate until it is stopped; says how many. */
function flow(broker: string, topic: string, rate: number) {
  const kafka = openKafka({ brokers: [broker] }, "bench");
  let isStopped = false;
  const done = (async () => {
    let sent = 0;
    for (const begun = performance.now(); !isStopped; await pause(10)) {
      const due = Math.floor((performance.now() - begun) * rate / 1_000);
      const messages = Array.from({ length: due - sent }, (_, i) => {
        const [number, time] = [sent + i, start + 1_000 + sent + i];
        const key = `k${number % keys}`;
        return { key, value: `{"k":"${key}","t":${time},"x":${1_000 + number}}`, partition: 0, timestamp: time };
      });
      if (messages.length > 0) await kafka.produce(topic, messages);
      sent = due;
    }
    await kafka.close();
    return sent;
  })();
  return {
    stop: () => {
      isStopped = true;
      return done;
    },
  };
}

async function edited({ pack, server }: TickDeployment): Promise<readonly Phase[]> {
  const phases: Phase[] = [];
  const during = async (what: string, act: () => Promise<unknown>) => {
    const from = Date.now();
    await act();
    await pause(2_000);
    phases.push({ what, from, to: Date.now() });
  };
  await pause(2_000);
  await during("no edit", () => pause(2_000));
  for (const [what, edit, outcome] of edits) {
    await Deno.writeTextFile(pack, edit(await Deno.readTextFile(pack)));
    await during(what, async () => {
      const response = await fetch(`${server}/v1/reload`, { method: "POST" });
      const answer = await response.json();
      if (answer.outcome !== outcome) throw new Error(`${what}: ${JSON.stringify(answer)}`);
    });
  }
  return phases;
}

interface Handled {
  readonly sent: number;
  readonly handled: number;
  readonly twice: number;
  /** Longest time between two events handled, in milliseconds, in each phase. */
  readonly pauses: readonly { readonly what: string; readonly longest: number }[];
}

/** What the sink has of ticks and of the times at which they were handled. */
async function handled(broker: string, topic: string, sent: number, phases: readonly Phase[]): Promise<Handled> {
  const numbers: number[] = [];
  const times: number[] = [];
  for (const { value } of await readTopic([broker], topic)) {
    const { context, detected_at } = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
    numbers.push(context.tick.x);
    times.push(Date.parse(detected_at));
  }
  times.sort((a, b) => a - b);
  const pauses = phases.map(({ what, from, to }) => {
    const within = [from, ...times.filter((time) => time > from && time < to), to];
    return { what, longest: Math.max(...within.slice(1).map((time, i) => time - (within[i] ?? time))) };
  });
  const distinct = new Set(numbers).size;
  return { sent, handled: distinct, twice: numbers.length - distinct, pauses };
}

export async function benchReload(rate: number): Promise<Handled> {
  const broker = await kafkaService();
  const redis = await ownRedis();
  await redis.start();
  const mark = crypto.randomUUID().slice(0, 8);
  const deployment = await deployTicks({
    broker,
    rules,
    store: `{ redis: "redis://${redis.address}" }`,
    sinks: `  handled: { kafka: { topic: handled-${mark} } }\n  often: { kafka: { topic: often-${mark} } }`,
  });
  await sendTicks(broker, deployment.topic, oneEach(keys, start));
  const running = startVigie(["run", "--config", "vigie.yaml"], deployment.folder);
  await seen(deployment, running, ({ events, lag }) => events === keys && lag === 0);
  const flowing = flow(broker, deployment.topic, rate);
  const phases = await edited(deployment);
  const sent = await flowing.stop();
  await seen(deployment, running, ({ lag, waiting }) => lag + waiting === 0);
  running.kill("SIGTERM");
  await running.ended;
  const found = await handled(broker, `handled-${mark}`, sent, phases);
  await deployment.remove();
  await redis.remove();
  return found;
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

if (import.meta.main) {
  const rate = Number(Deno.args[0] ?? 2_000);
  const { sent, handled, twice, pauses } = await benchReload(rate);
  for (const { what, longest } of pauses) {
    console.log(`${what.padEnd(12)} longest time between two events handled ${longest} ms, at ${rate} a second`);
  }
  console.log(`${sent} events sent, ${sent - handled} lost, ${twice} handled twice; aim: 0, 0, 1,000 ms`);
}
