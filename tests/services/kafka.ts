/**
 * Kafka for tests: one broker in KRaft mode, replication factor 1, topics never created by accident. An installation that
 * `KAFKA_HOME` names is used; else the jars come through Maven into a cache folder, once.
 */
import { fetchJars, prepareJava } from "./java.ts";
import { freePort } from "./port.ts";
import { cacheFolder, type Command, type Service } from "./service.ts";

const pom = new URL("./kafka/pom.xml", import.meta.url).pathname;
const logging = new URL("./kafka/log4j2.properties", import.meta.url).pathname;

export const kafka: Service = {
  name: "kafka",
  variable: "VIGIE_TEST_KAFKA",
  ready: /Kafka Server started/,
  async prepare() {
    await prepareJava(kafka.variable);
    if (Deno.env.get("KAFKA_HOME") === undefined) await fetchJars(jarFolder(), [{ pom, into: "." }]);
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
