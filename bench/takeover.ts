/**
 * Taking over a partition with a million keys and a timer each (aim: 2 s to the first event handled), on a real Kafka and
 * Redis: a process is filled and killed, another one is started once the claim of the first has run out. Beside it the
 * same with a thousand keys, because what it costs must not hang on how many there are, and with a process that stood by
 * (aim: 10 s, of which the claim runs 5). Alone: `deno run -A bench/takeover.ts [keys]`.
 */
import { startVigie } from "../tests/run/process.ts";
import { kafkaService, ownRedis } from "../tests/services/services.ts";
import { deployTicks, oneEach, sendTicks, start, type TickDeployment } from "../tests/run/ticks.ts";
import { look, memoryOf, seconds, seen } from "../tests/run/watch.ts";

const day = 86_400_000;
/** A claim that nobody renews has run out by then. */
const termMillis = 5_000;

const rules = `pack: ticks
defaults: { severity: info, sinks: [alerts] }
rules:
  - id: silent
    title: A key is silent
    kind: absence
    on: ticks
    key: tick.k
    for: 30d
`;

/** Times in milliseconds. */
interface Takeover {
  readonly keys: number;
  /** From the start of a process, its own start-up included, to the first event handled. */
  readonly cold: number;
  /** From the SIGKILL to the first event handled by a process that stood by. */
  readonly standby: number;
  /** Memory of the process after it, MiB. */
  readonly memory: number;
}

async function takeOver(broker: string, redis: string, keys: number): Promise<Takeover> {
  const deployment = await deployTicks({
    broker,
    rules,
    store: `{ redis: "redis://${redis}" }`,
    sinks: "  alerts: { file: { path: alerts.ndjson } }",
  });
  const begin = () => startVigie(["run", "--config", "vigie.yaml"], deployment.folder);
  const filled = performance.now();
  await sendTicks(broker, deployment.topic, oneEach(keys, start));
  const first = begin();
  await seen(deployment, first, ({ events, lag }) => events === keys && lag === 0);
  await seen(deployment, first, ({ checkpoint }) => checkpoint > 0);
  const { checkpoint } = await seen(deployment, first, () => true);
  await sendTicks(broker, deployment.topic, oneEach(1, start + 1));
  await seen(deployment, first, (status) => status.checkpoint > checkpoint);
  console.log(`${keys.toLocaleString("en")} keys were taken and saved in ${seconds(filled)} s`);
  first.kill("SIGKILL");
  await first.ended;
  await sendTicks(broker, deployment.topic, oneEach(100, start + day));
  await new Promise((resolve) => setTimeout(resolve, termMillis));
  const started = performance.now();
  const second = begin();
  await firstEvent(deployment);
  const cold = performance.now() - started;
  const { now } = await memoryOf(second.pid);
  const standby = await hotStandby(deployment, second, broker);
  await deployment.remove();
  return { keys, cold, standby, memory: now };
}

/** Kills the owner while another stands by on an address of its own. */
async function hotStandby(
  deployment: TickDeployment,
  owner: ReturnType<typeof startVigie>,
  broker: string,
): Promise<number> {
  const { folder, topic, server } = deployment;
  await seen(deployment, owner, ({ lag }) => lag === 0);
  const text = await Deno.readTextFile(`${folder}/vigie.yaml`);
  const other = server.replace(/\d+$/, (port) => String(Number(port) + 1));
  await Deno.writeTextFile(`${folder}/other.yaml`, text.replace(server.slice("http://".length), other.slice(7)));
  const standby = startVigie(["run", "--config", "other.yaml"], folder);
  await until(() => /standing by/.test(standby.log()));
  const killed = performance.now();
  owner.kill("SIGKILL");
  await owner.ended;
  await sendTicks(broker, topic, oneEach(100, start + 2 * day));
  await firstEvent({ server: other });
  const took = performance.now() - killed;
  standby.kill("SIGTERM");
  await standby.ended;
  return took;
}

async function firstEvent({ server }: { readonly server: string }): Promise<void> {
  await until(async () => ((await look(server))?.events ?? 0) > 0);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !await condition();) {
    if (performance.now() > end) throw new Error("nothing was taken over within a minute");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

if (import.meta.main) {
  const keys = Number(Deno.args[0] ?? 1_000_000);
  const broker = await kafkaService();
  const redis = await ownRedis();
  await redis.start();
  const few = await takeOver(broker, redis.address, 1_000);
  const many = await takeOver(broker, redis.address, keys);
  await redis.remove();
  for (const { keys, cold, standby, memory } of [few, many]) {
    console.log(
      `${keys.toLocaleString("en").padStart(9)} keys: ${
        (cold / 1_000).toFixed(2)
      } s from the start of a process to its ` +
        `first event, ${(standby / 1_000).toFixed(2)} s from the kill to that of a standby, ${memory} MiB`,
    );
  }
  console.log(`ratio ${(many.cold / few.cold).toFixed(2)}; aim: 2 s from the start, 10 s from the kill`);
}
