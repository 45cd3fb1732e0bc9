/**
 * A window of a million keys that closes at one instant, on a real Kafka and Redis, with 20,000 keys in memory and a SIGKILL
 * in the middle. Aims: no heartbeat missed (a member is thrown out of its group after 6 s without one), memory
 * bounded, each window once. Heartbeats are read from the wire. Alone: `deno run -A bench/closing.ts [keys]`.
 */
import { type Closed, hour, hourly, readClosed } from "../tests/run/closed.ts";
import { type RunningVigie, startVigie } from "../tests/run/process.ts";
import { type WatchedKafka, watchedKafka } from "../tests/services/kafka_watch.ts";
import { ownRedis } from "../tests/services/services.ts";
import { deployTicks, oneEach, sendTicks, start, type TickDeployment } from "../tests/run/ticks.ts";
import { memoryOf, seconds, type Seen, seen } from "../tests/run/watch.ts";

/** How long a group waits for a heartbeat. */
const sessionSeconds = 6;

/** What a process did until something was seen of it. */
interface Part {
  readonly what: string;
  readonly took: number;
  readonly beats: ReturnType<WatchedKafka["seen"]>;
  readonly peak: number;
  readonly status: Seen;
}

/** Watches a process until its status is as wanted. */
async function part(
  what: string,
  { deployment, broker }: { deployment: TickDeployment; broker: WatchedKafka },
  running: RunningVigie,
  isWanted: (status: Seen) => boolean,
): Promise<Part> {
  broker.forget();
  const since = performance.now();
  const status = await seen(deployment, running, isWanted);
  const [took, { peak }] = [performance.now() - since, await memoryOf(running.pid)];
  return { what, took, peak, status, beats: broker.seen(deployment.app) };
}

interface Measured {
  readonly parts: readonly Part[];
  readonly closed: Closed;
}

/** Closes a window of so many keys, of which memory holds `maxKeys`. */
export async function benchClosing(keys: number, maxKeys: number): Promise<Measured> {
  const broker = await watchedKafka();
  const redis = await ownRedis();
  await redis.start();
  const deployment = await deployTicks({
    broker: broker.address,
    rules: hourly,
    store: `{ redis: "redis://${redis.address}" }`,
    sinks: "  closed: { file: { path: closed.ndjson } }",
    more: `checkpoint: { max_keys: ${maxKeys} }\n`,
  });
  const on = { deployment, broker };
  const { folder, topic } = deployment;
  const begin = () => startVigie(["run", "--config", "vigie.yaml"], folder);
  await sendTicks(broker.address, topic, oneEach(keys, start));
  const first = begin();
  const parts = [await part("filling", on, first, ({ events, lag }) => events === keys && lag === 0)];
  await sendTicks(broker.address, topic, oneEach(1, start + hour));
  parts.push(await part("closing, killed", on, first, ({ delivered }) => delivered > 0.4 * keys));
  first.kill("SIGKILL");
  await first.ended;
  await sendTicks(broker.address, topic, oneEach(1, start + hour + 1));
  const second = begin();
  parts.push(
    await part("the rest, by another", on, second, ({ lag, waiting, events }) => events > 0 && lag + waiting === 0),
  );
  second.kill("SIGTERM");
  await second.ended;
  const closed = await readClosed(`${folder}/closed.ndjson`);
  await deployment.remove();
  await redis.remove();
  await broker.remove();
  return { parts, closed };
}

function print(keys: number, { parts, closed: { lines, windows, wrong } }: Measured): void {
  console.log(`${keys.toLocaleString("en")} keys`);
  for (const { what, took, beats, peak, status } of parts) {
    console.log(
      `  ${what.padEnd(20)} ${seconds(0, took)} s, ${status.delivered.toLocaleString("en")} records, ${beats.beats} ` +
        `heartbeats at most ${seconds(0, beats.longest)} s apart, ${beats.joins} joins, peak memory ${peak} MiB`,
    );
  }
  console.log(
    `  ${windows.toLocaleString("en")} windows, ${wrong} wrong; ${lines - windows} were sent again after the kill, ` +
      "under the same id",
  );
}

/** Memory that every run may use for keys. */
const maxKeys = 20_000;

if (import.meta.main) {
  const keys = Number(Deno.args[0] ?? 1_000_000);
  const few = await benchClosing(keys / 10, maxKeys);
  print(keys / 10, few);
  const many = await benchClosing(keys, maxKeys);
  print(keys, many);
  const peak = ({ parts }: Measured) => Math.max(...parts.map((part) => part.peak));
  console.log(`peak memory of ten times the keys: ${(peak(many) / peak(few)).toFixed(2)} times`);
  console.log(`aim: heartbeats less than ${sessionSeconds} s apart, one group joined once a process, each window once`);
}
