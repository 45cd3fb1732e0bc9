/**
 * A sink that is down while alerts go on coming: a backlog of 3,000,000, which is ten minutes at 5,000 a second, as fast as
 * the machine makes it. Aims: memory bounded by `outbox.max`, whatever the backlog; afterwards everything arrives, once, in
 * order within a fingerprint. The sink is a Kafka of its own that starts late, or, with `down`, never. Alone:
 * `deno run -A bench/sink_down.ts [alerts] [down]`.
 */
import { startVigie } from "../tests/run/process.ts";
import { deployTicks, sendTicks, start, type Tick } from "../tests/run/ticks.ts";
import { look, memoryOf, seconds, seen } from "../tests/run/watch.ts";
import { kafkaService, ownKafka, ownRedis } from "../tests/services/services.ts";
import { readTopic } from "../tests/services/read_topic.ts";

const rules = `pack: ticks
defaults: { severity: info, sinks: [alerts] }
rules:
  - id: every
    title: A tick
    kind: filter
    on: ticks
    key: tick.k
    when: tick.x >= 0
    context: [x]
`;

/** Fingerprints, each with as many alerts as the others. */
const keys = 1_000;
/** What the engine may keep for the sink. */
const most = 20_000;

function* ticks(count: number): Generator<Tick> {
  for (let i = 0; i < count; i++) yield { key: `k${i % keys}`, time: start + i, value: Math.floor(i / keys) };
}

interface Down {
  /** Memory in MiB at each look: while the sink was down, and while the backlog drained. */
  readonly down: readonly number[];
  readonly draining: readonly number[];
  /** Most entries that waited for the sink. */
  readonly waiting: number;
  /** Seconds until the backlog had arrived, and what arrived; undefined where the sink stayed away. */
  readonly drained: { readonly drain: string; readonly arrived: Arrived } | undefined;
}

/** Reads what arrived: alerts, repetitions, and alerts that came after a later one of their fingerprint. */
interface Arrived {
  readonly ids: number;
  readonly again: number;
  readonly disordered: number;
}

async function arrived(broker: string, topic: string): Promise<Arrived> {
  const last = new Map<string, number>();
  const ids = new Set<string>();
  let [again, disordered] = [0, 0];
  for (const { key, value, headers } of await readTopic([broker], topic)) {
    const fingerprint = new TextDecoder().decode(key ?? new Uint8Array());
    if (ids.has(headers.id ?? "")) again++;
    ids.add(headers.id ?? "");
    const { context } = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
    const number = Number(context.tick.x);
    if (number < (last.get(fingerprint) ?? 0)) disordered++;
    last.set(fingerprint, number);
  }
  return { ids: ids.size, again, disordered };
}

/** Lets a backlog grow without its sink, then starts the sink where it is to come back. */
export async function benchSinkDown(alerts: number, comesBack: boolean): Promise<Down> {
  const broker = await kafkaService();
  const [redis, sink] = [await ownRedis(), await ownKafka()];
  await redis.start();
  const deployment = await deployTicks({
    broker,
    rules,
    store: `{ redis: "redis://${redis.address}" }`,
    sinks: `  alerts: { kafka: { topic: alerts, brokers: ["${sink.address}"] } }`,
    more: `outbox: { max: ${most} }\n`,
  });
  const running = startVigie(["run", "--config", "vigie.yaml"], deployment.folder);
  const [down, draining]: [number[], number[]] = [[], []];
  let memory: number[] | undefined = down;
  let waiting = 0;
  const watching = (async () => {
    for (; memory !== undefined; await new Promise((resolve) => setTimeout(resolve, 1_000))) {
      memory.push((await memoryOf(running.pid)).now);
      waiting = Math.max(waiting, (await look(deployment.server))?.waiting ?? 0);
    }
  })();
  await sendTicks(broker, deployment.topic, ticks(alerts));
  // The engine takes what it may, and then no more for as long as the sink is down.
  await seen(deployment, running, (status) => status.waiting >= most);
  const before = (await seen(deployment, running, () => true)).events;
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const after = (await seen(deployment, running, () => true)).events;
  if (after !== before) throw new Error(`events were taken although the sink was full: ${before}, then ${after}`);
  memory = draining;
  let drain = "";
  if (comesBack) {
    await sink.start();
    const since = performance.now();
    await seen(deployment, running, ({ lag, waiting }) => lag + waiting === 0, { seconds: 900 });
    drain = seconds(since);
  }
  memory = undefined;
  await watching;
  running.kill(comesBack ? "SIGTERM" : "SIGKILL");
  await running.ended;
  const drained = comesBack ? { drain, arrived: await arrived(sink.address, "alerts") } : undefined;
  for (const one of [redis, sink, deployment]) await one.remove();
  return { down, draining, waiting, drained };
}

/** Least and most of each third, so that what grows is seen to grow. */
function rangeOf(memory: readonly number[]): string {
  const third = Math.ceil(memory.length / 3);
  const thirds = [0, 1, 2].map((i) => memory.slice(i * third, (i + 1) * third)).filter((part) => part.length > 0);
  return thirds.map((part) => `${Math.min(...part)}-${Math.max(...part)}`).join(", ");
}

if (import.meta.main) {
  const [alerts, comesBack] = [Number(Deno.args[0] ?? 300_000), Deno.args[1] !== "down"];
  for (const count of [alerts / 10, alerts]) {
    const { down, draining, waiting, drained } = await benchSinkDown(count, comesBack);
    console.log(
      `${count.toLocaleString("en")} alerts: while the sink was down (${down.length} s) at most ` +
        `${waiting.toLocaleString("en")} waited, and memory was ${rangeOf(down)} MiB`,
    );
    if (drained === undefined) continue;
    const { drain, arrived: { ids, again, disordered } } = drained;
    console.log(
      `  then all arrived within ${drain} s, memory ${rangeOf(draining)} MiB; ${ids.toLocaleString("en")} arrived, ` +
        `${again} again, ${disordered} out of order`,
    );
  }
}
