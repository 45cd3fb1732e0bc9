/** Runs `vigie dead-letters`. */
import { openKafka } from "../../engine/adapters/kafka.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import type { Deployment, SinkSettings } from "../../engine/config/deployment.ts";
import { topicOf } from "../../engine/runtime/settle/refusal.ts";
import { loadProject } from "../../engine/load.ts";
import { parseTopic } from "../../engine/model/topic.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { table } from "../cli/table.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { sinkOf } from "../run/customers/lanes.ts";
import { endpointsIn } from "../run/customers/named.ts";
import { customersName, isCustomers } from "../run/lanes.ts";
import { brokersOf } from "../run/receivers.ts";
import { type DeadLetter, lettersInFile, lettersInKafka, textOf } from "./letters.ts";
import { replayLetters, type ReplayNeeds } from "./replay.ts";

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
  const sinks = await sinksOf(deployment, terminal);
  if (sinks === undefined) return exit.problem;
  const { streams } = await loadProject({ packs: [], contracts: deployment.contracts, tests: false });
  const kafka = kafkaOf(deployment);
  const needs = { deployment, sinks, streams, kafka, terminal };
  try {
    const letters = chosen(await lettersOf(needs), ids, given);
    if (action === "list") terminal.out(format === "json" ? asJson(letters) : asTable(letters));
    else if (action === "show") terminal.out(format === "json" ? asJson(letters) : letters.map(asText).join("\n"));
    else return await replay(letters, needs);
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

/** Those of the deployment, and the endpoints of its customers; undefined, said, where thresholds have a problem. */
async function sinksOf(deployment: Deployment, terminal: Terminal): Promise<readonly SinkSettings[] | undefined> {
  const endpoints = await endpointsIn(deployment, terminal);
  if (endpoints === undefined) return undefined;
  return [...deployment.sinks, ...[...endpoints.values()].map((endpoint) => sinkOf(endpoint, deployment.webhooks))];
}

async function lettersOf({ deployment, sinks, streams, kafka }: ReplayNeeds): Promise<readonly DeadLetter[]> {
  const { deadLetters, app } = deployment;
  const lanes = new Set(sinks.map(({ lane }) => lane));
  // An endpoint that nobody names any more has left alerts all the same.
  const isLane = (name: string) => lanes.has(name) || isCustomers(name);
  if (deadLetters.kind === "file") return await lettersInFile(deadLetters.path, isLane);
  if (deadLetters.kind === "none" || kafka === undefined) {
    throw new UsageError("The deployment keeps no dead letters: set `dead_letters: { kafka: {} }` or a file");
  }
  const existing = [...(await kafka.topics()).keys()];
  const patterns = [...streams.values()].flatMap(({ topics }) => topics).map(parseTopic);
  const names = new Set([...[...lanes].map(topicOf), customersName]);
  const topics = existing.filter((topic) => {
    const of = topic.endsWith(".dlq") ? topic.slice(0, -".dlq".length) : "";
    return names.has(of) || patterns.some((pattern) => pattern?.match(of) !== undefined);
  });
  return await lettersInKafka(kafka, topics, `${app}-dead-letters-${crypto.randomUUID().slice(0, 8)}`, isLane);
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

async function replay(letters: readonly DeadLetter[], needs: ReplayNeeds): Promise<ExitCode> {
  const { terminal } = needs;
  const outcomes = await replayLetters(letters, needs);
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
