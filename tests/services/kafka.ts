/**
 * Kafka for tests: one broker in KRaft mode, replication factor 1, topics never created by accident. An installation that
 * `KAFKA_HOME` names is used; else the jars come through Maven into a cache folder, once.
 */
import { aptInstall, cacheFolder, type Command, isInstalled, must, output, type Service } from "./service.ts";
import { freePort } from "./port.ts";

const pom = new URL("./kafka/pom.xml", import.meta.url).pathname;
const logging = new URL("./kafka/log4j2.properties", import.meta.url).pathname;

/** Kafka 4 needs it to run a broker. */
const oldestJava = 17;

export const kafka: Service = {
  name: "kafka",
  variable: "VIGIE_TEST_KAFKA",
  ready: /Kafka Server started/,
  async prepare() {
    await prepareJava();
    if (Deno.env.get("KAFKA_HOME") === undefined) await fetchJars();
  },
  commands: (folder, port) => commands(folder, port, port),
};

/** A broker that sends its clients to another port than its own: that of a proxy before it. */
export function kafkaBehind(proxy: number): Service {
  return { ...kafka, commands: (folder, port) => commands(folder, port, proxy) };
}

async function commands(folder: string, port: number, advertised: number): Promise<readonly Command[]> {
  const settings = `${folder}/server.properties`;
  await Deno.writeTextFile(settings, properties(folder, port, advertised, freePort()));
  const java = (main: string, ...args: string[]): Command => [
    "java",
    ...["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4"],
    `-Dlog4j2.configurationFile=${logging}`,
    ...["-cp", `${jarFolder()}/*`, main, ...args],
  ];
  return [
    java("kafka.tools.StorageTool", "format", "-t", "vigietests0000000000AA", "-c", settings),
    java("kafka.Kafka", settings),
  ];
}

function jarFolder(): string {
  const home = Deno.env.get("KAFKA_HOME");
  return home === undefined ? `${cacheFolder()}/kafka` : `${home}/libs`;
}

async function prepareJava(): Promise<void> {
  for (const name of ["default-jre-headless", "openjdk-21-jre-headless", "openjdk-17-jre-headless"]) {
    if (await javaVersion() >= oldestJava) return;
    await aptInstall(name).catch(() => {});
  }
  if (await javaVersion() < oldestJava) {
    throw new Error(`Kafka for tests needs Java ${oldestJava} or later: install it, or set ${kafka.variable}`);
  }
}

/** Major version of the Java on the path; 0 when there is none. */
async function javaVersion(): Promise<number> {
  const { text } = await output(["java", "-version"]);
  return Number(/version "(\d+)/.exec(text)?.[1] ?? 0);
}

/** The jars are moved into place at once, so that a download that was cut off is never taken for a whole one. */
async function fetchJars(): Promise<void> {
  const wanted = await Deno.readTextFile(pom);
  const mark = `${jarFolder()}/pom.xml`;
  if (await Deno.readTextFile(mark).catch(() => "") === wanted) return;
  if (!await isInstalled("mvn", "--version")) await aptInstall("maven");
  const folder = `${jarFolder()}.${Deno.pid}`;
  await must(["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${folder}`]);
  await Deno.writeTextFile(`${folder}/pom.xml`, wanted);
  await Deno.remove(jarFolder(), { recursive: true }).catch(() => {});
  await Deno.rename(folder, jarFolder());
}

function properties(folder: string, port: number, advertised: number, controllerPort: number): string {
  return Object.entries({
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    "listeners": `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${advertised}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": `${folder}/data`,
    "auto.create.topics.enable": false,
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "broker.session.timeout.ms": 1000,
    "broker.heartbeat.interval.ms": 300,
  }).map(([name, value]) => `${name}=${value}\n`).join("");
}
