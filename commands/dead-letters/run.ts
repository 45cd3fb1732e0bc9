/** Runs `vigie dead-letters`. */
import { openKafka } from "../../engine/adapters/kafka.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import { customersThresholds } from "../../engine/config/customers.ts";
import type { Deployment, SinkSettings } from "../../engine/config/deployment.ts";
import { topicOf } from "../../engine/runtime/settle/refusal.ts";
import { loadProject } from "../../engine/load.ts";
import { parseTopic } from "../../engine/model/topic.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { table } from "../cli/table.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { endpointsOf, sinkOf } from "../run/customers/lanes.ts";
import { customersName } from "../run/lanes.ts";
import { brokersOf } from "../run/receivers.ts";
import { type DeadLetter, lettersInFile, lettersInKafka, textOf } from "./letters.ts";
import { replayLetters } from "./replay.ts";

export async function runDeadLetters(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [action = "list", ...ids] = given.positionals;
  const format = given.text("format") ?? "text";
  if (format !== "text" && format !== "json") throw new UsageError(`"${format}" is no format: formats are text, json`);
  if (!["list", "show", "replay"].includes(action)) {
    throw new UsageError(`"${action}" is nothing to do with dead letters: say list, show or replay`);
  }
  const read = await soundDeployment(given.text("config") ?? "vigie.yaml", "dead-letters", terminal);
  if (read === undefined) return exit.problem;
  const { deployment } = read;
  const sinks = await sinksOf(deployment);
  const kafka = kafkaOf(deployment);
  try {
    const letters = chosen(await lettersOf(deployment, sinks, kafka), ids, given);
    if (action === "list") terminal.out(format === "json" ? asJson(letters) : asTable(letters));
    else if (action === "show") terminal.out(format === "json" ? asJson(letters) : letters.map(asText).join("\n"));
    else return await replay(letters, deployment, sinks, kafka, terminal);
    return exit.good;
  } catch (error) {
    if (error instanceof KafkaError) throw new EnvironmentError(read.secrets.redact(error.message), { cause: error });
    throw error;
  } finally {
    await kafka?.close();
  }
}

/** Brokers of the dead letters, which are those of the source unless they have their own. */
function kafkaOf(deployment: Deployment): Kafka | undefined {
  const { deadLetters } = deployment;
  const own = deadLetters.kind === "kafka" ? deadLetters.connection : undefined;
  const connection = own ?? brokersOf(deployment);
  return connection === undefined ? undefined : openKafka(connection, `${deployment.app}-dead-letters`);
}

/** Those of the deployment, and the endpoints of its customers. */
async function sinksOf(deployment: Deployment): Promise<readonly SinkSettings[]> {
  const { content = [] } = await customersThresholds(deployment);
  const endpoints = [...endpointsOf(content).values()];
  return [...deployment.sinks, ...endpoints.map((endpoint) => sinkOf(endpoint, deployment.webhooks))];
}

async function lettersOf(
  deployment: Deployment,
  sinks: readonly SinkSettings[],
  kafka: Kafka | undefined,
): Promise<readonly DeadLetter[]> {
  const { deadLetters, contracts, packs, app } = deployment;
  const lanes = new Set(sinks.map(({ lane }) => lane));
  if (deadLetters.kind === "file") return await lettersInFile(deadLetters.path, lanes);
  if (deadLetters.kind === "none" || kafka === undefined) {
    throw new UsageError("The deployment keeps no dead letters: set `dead_letters: { kafka: {} }` or a file");
  }
  const { streams } = await loadProject({ packs: [packs], contracts, tests: false });
  const existing = [...(await kafka.topics()).keys()];
  const patterns = [...streams.values()].flatMap(({ topics }) => topics).map(parseTopic);
  const names = new Set([...[...lanes].map(topicOf), customersName]);
  const topics = existing.filter((topic) => {
    const of = topic.endsWith(".dlq") ? topic.slice(0, -".dlq".length) : "";
    return names.has(of) || patterns.some((pattern) => pattern?.match(of) !== undefined);
  });
  return await lettersInKafka(kafka, topics, `${app}-dead-letters-${crypto.randomUUID().slice(0, 8)}`, lanes);
}

function chosen(letters: readonly DeadLetter[], ids: readonly string[], given: Given): readonly DeadLetter[] {
  const [of, reason] = [given.text("of"), given.text("reason")];
  const missing = ids.find((id) => !letters.some((letter) => letter.id === id));
  if (missing !== undefined) throw new UsageError(`There is no dead letter "${missing}": see vigie dead-letters list`);
  return letters.filter((letter) =>
    (ids.length === 0 || ids.includes(letter.id)) && (of === undefined || letter.stream === of) &&
    (reason === undefined || letter.reason.startsWith(reason))
  );
}

async function replay(
  letters: readonly DeadLetter[],
  deployment: Deployment,
  sinks: readonly SinkSettings[],
  kafka: Kafka | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const outcomes = await replayLetters(letters, deployment, sinks, kafka, terminal);
  for (const { id, says } of outcomes) terminal.out(`${id}: ${says}\n`);
  const failed = outcomes.filter(({ done }) => !done).length;
  terminal.out(`${outcomes.length - failed} replayed, ${failed} not\n`);
  return failed === 0 ? exit.good : exit.problem;
}

function asTable(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return "no dead letters\n";
  const rows = letters.map(({ id, stream, reason, value }) => [id, stream, value?.length ?? 0, reason]);
  return `${table(["id", "of", "bytes", "reason"], rows)}\n`;
}

function asText({ id, stream, reason, redacted, key, value }: DeadLetter): string {
  const note = redacted ? ["personal data was taken out"] : [];
  const keyed = key === null ? [] : [`key: ${textOf(key)}`];
  return [`${id} of ${stream}`, `reason: ${reason}`, ...note, ...keyed, textOf(value), ""].join("\n");
}

function asJson(letters: readonly DeadLetter[]): string {
  return letters.map(({ key, value, ...rest }) => {
    const content = { key: key === null ? null : textOf(key), raw: value === null ? null : textOf(value) };
    return `${JSON.stringify({ ...rest, ...content })}\n`;
  }).join("");
}
