/**
 * Gives servers to tests and CI: the one whose address stands in the environment, else what is installed, else it
 * installs it. One instance a test run, shared by all its files; it ends when the run ends, however that happens.
 * From a command line: `deno run -A tests/services/services.ts kafka redis` prints addresses and stays until SIGTERM.
 */
import { alertmanager } from "./alertmanager.ts";
import { clickhouse } from "./clickhouse.ts";
import { influxdb } from "./influxdb.ts";
import { kafka, kafkaBehind } from "./kafka.ts";
import { opensearch } from "./opensearch.ts";
import { freePort } from "./port.ts";
import { postgres } from "./postgres.ts";
import { redis, redisWith, sentinelOf } from "./redis.ts";
import type { Command, Service } from "./service.ts";

const services: Record<string, Service> = { kafka, redis, postgres, influxdb, clickhouse, alertmanager, opensearch };

/** Address of a Kafka broker, such as `127.0.0.1:9092`. A broker that cannot be had is an error, never a skip. */
export function kafkaService(): Promise<string> {
  return addressOf(kafka);
}

/** Address of a Redis server, such as `127.0.0.1:6379`. */
export function redisService(): Promise<string> {
  return addressOf(redis);
}

/** Address of a PostgreSQL server, such as `127.0.0.1:5432`; user, password and database are `postgres`. */
export function postgresService(): Promise<string> {
  return addressOf(postgres);
}

/** Address of an InfluxDB 1.x server, such as `127.0.0.1:8086`. */
export function influxdbService(): Promise<string> {
  return addressOf(influxdb);
}

/** Address of a ClickHouse server's HTTP port, such as `127.0.0.1:8123`. */
export function clickhouseService(): Promise<string> {
  return addressOf(clickhouse);
}

/** Address of a Prometheus Alertmanager, such as `127.0.0.1:9093`. */
export function alertmanagerService(): Promise<string> {
  return addressOf(alertmanager);
}

/** Address of an OpenSearch server, such as `127.0.0.1:9200`. */
export function opensearchService(): Promise<string> {
  return addressOf(opensearch);
}

/** A service that the caller may stop and start again on the same port: for tests of what happens without it. */
export interface OwnService {
  readonly address: string;
  readonly start: () => Promise<void>;
  /** Ends it at once, as a crash would; its data stay for the next start. */
  readonly kill: () => Promise<void>;
  /** Ends it and removes its data. */
  readonly remove: () => Promise<void>;
}

/** A Kafka broker of one's own, not yet started; with `proxy`, it tells its clients to come by that port. */
export function ownKafka(proxy?: number): Promise<OwnService> {
  return ownService(proxy === undefined ? kafka : kafkaBehind(proxy));
}

/** A Redis server of one's own, not yet started; with settings as arguments of the server. */
export function ownRedis(...settings: readonly string[]): Promise<OwnService> {
  return ownService(redisWith(...settings));
}

/** A Sentinel of one's own that watches a master, not yet started. */
export function ownSentinel(master: string, address: string): Promise<OwnService> {
  return ownService(sentinelOf(master, address));
}

async function ownService(service: Service): Promise<OwnService> {
  await service.prepare();
  const folder = await Deno.makeTempDir({ prefix: `vigie-${service.name}-` });
  const port = freePort();
  const commands = await service.commands(folder, port);
  let pid: number | undefined;
  const kill = async () => {
    if (pid === undefined) return;
    signal(-pid, "SIGKILL");
    while (hasMembers(pid)) await pause(20);
    pid = undefined;
  };
  return {
    address: `127.0.0.1:${port}`,
    kill,
    async start() {
      const last = pid === undefined && await exists(`${folder}/log`) ? commands.slice(-1) : commands;
      await Deno.remove(`${folder}/log`).catch(() => {});
      pid = await launch(service, folder, last);
    },
    async remove() {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Test files run in isolates that share nothing but the process id, so a folder named after it is where they meet. */
async function addressOf(service: Service): Promise<string> {
  const given = Deno.env.get(service.variable);
  if (given !== undefined && given !== "") return given;
  const meeting = `${Deno.env.get("TMPDIR") ?? "/tmp"}/vigie-tests-${Deno.pid}`;
  await Deno.mkdir(meeting, { recursive: true });
  const lock = await Deno.open(`${meeting}/${service.name}.lock`, { create: true, write: true });
  try {
    await lock.lock(true);
    const known = await Deno.readTextFile(`${meeting}/${service.name}.address`).catch(() => undefined);
    if (known !== undefined) return known;
    const address = await started(service, meeting);
    await Deno.writeTextFile(`${meeting}/${service.name}.address`, address);
    return address;
  } finally {
    lock.close();
  }
}

/** Starts a service on a free port. The port may be taken meanwhile, so it is tried more than once. */
async function started(service: Service, meeting: string): Promise<string> {
  await service.prepare();
  let failure: unknown;
  for (let attempt = 1; attempt <= 3; attempt++) {
    const folder = `${meeting}/${service.name}-${attempt}`;
    await Deno.mkdir(folder);
    const port = freePort();
    try {
      await launch(service, folder, await service.commands(folder, port), meeting);
      return `127.0.0.1:${port}`;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * Runs the commands in a session of their own, beside a watch that ends them when this process is gone. Returns the id
 * of the session once the service takes requests. The folders are removed at the end, unless the service ended first:
 * then its log is worth reading.
 */
async function launch(service: Service, folder: string, commands: readonly Command[], root = folder): Promise<number> {
  const log = `${folder}/log`;
  await Deno.writeTextFile(`${folder}/run.sh`, script(commands, log, root));
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `setsid bash "$0" </dev/null >/dev/null 2>&1 & echo $!`, `${folder}/run.sh`],
  }).output();
  const pid = Number(new TextDecoder().decode(stdout));
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(50)) {
    if (service.ready.test(await Deno.readTextFile(log).catch(() => ""))) return pid;
    if (!signal(pid, 0)) break;
  }
  signal(-pid, "SIGKILL");
  const said = (await Deno.readTextFile(log).catch(() => "")).trim().split("\n").slice(-15).join("\n");
  throw new Error(`${service.name} did not start; its log is ${log} and ends with:\n${said}`);
}

function script(commands: readonly Command[], log: string, root: string): string {
  const quoted = commands.map((command) => command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "));
  const last = quoted.pop() ?? "true";
  return `${quoted.map((command) => `${command} >>'${log}' 2>&1 || exit 1\n`).join("")}
${last} >>'${log}' 2>&1 &
service=$!
alive() { kill -0 ${Deno.pid} 2>/dev/null && ! grep -q '^State:.*Z' /proc/${Deno.pid}/status 2>/dev/null; }
while alive && kill -0 $service 2>/dev/null; do sleep 0.3; done
alive && exit 1
kill $service 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $service 2>/dev/null || break; sleep 0.3; done
kill -9 $service 2>/dev/null
rm -rf '${root}'
`;
}

/** Sends a signal; false when there is no such process (or, for a negative id, no such group). */
function signal(pid: number, name: Deno.Signal | 0): boolean {
  const { success } = new Deno.Command("kill", {
    args: [name === 0 ? "-0" : `-${name.slice(3)}`, "--", String(pid)],
    stderr: "null",
  }).outputSync();
  return success;
}

/**
 * Whether a process of the group still runs. One that ended and was not yet waited for does not, but only once its last
 * thread has ended: until then its sockets are open, although its first thread is a zombie already.
 */
function hasMembers(group: number): boolean {
  return namesIn("/proc").some((name) => {
    if (!/^\d+$/.test(name) || stateOf(`/proc/${name}/stat`)?.group !== group) return false;
    return namesIn(`/proc/${name}/task`).some((thread) => {
      const state = stateOf(`/proc/${name}/task/${thread}/stat`)?.state;
      return state !== undefined && state !== "Z" && state !== "X";
    });
  });
}

/** Names in a folder; none when the process ended meanwhile. */
function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** State and group of a process or thread; undefined when it ended meanwhile. */
function stateOf(path: string): { readonly state: string; readonly group: number } | undefined {
  try {
    const [, state, group] = /^.*\) (\S) \d+ (\d+)/s.exec(Deno.readTextFileSync(path)) ?? [];
    return state === undefined ? undefined : { state, group: Number(group) };
  } catch {
    return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

if (import.meta.main) {
  const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(services);
  const stop = Promise.race([untilSignal("SIGTERM"), untilSignal("SIGINT")]);
  for (const name of wanted) {
    const service = services[name];
    if (service === undefined) {
      console.error(`There is no service "${name}": ${Object.keys(services).join(", ")}`);
      Deno.exit(2);
    }
    console.log(`${service.variable}=${await addressOf(service)}`);
  }
  await stop;
  Deno.exit(0);
}

function untilSignal(name: Deno.Signal): Promise<void> {
  return new Promise((resolve) => Deno.addSignalListener(name, () => resolve()));
}
