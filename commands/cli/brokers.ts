/** The Kafka that a command reads: of a deployment file, or of brokers that were typed. */
import { openKafka } from "../../engine/adapters/kafka.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import type { Kafka, KafkaConnection } from "../../engine/adapters/kafka/port.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { nearest } from "../../engine/model/problem.ts";
import { EnvironmentError, type Given, UsageError } from "../command.ts";

/** The connection; `option` is the one that takes brokers. Throws a UsageError when nothing names any. */
export function chosenBrokers(given: Given, option: string, deployment: Deployment | undefined): KafkaConnection {
  const brokers = given.text(option)?.split(",").map((broker) => broker.trim()).filter((broker) => broker !== "");
  if (brokers !== undefined && brokers.length > 0) return { brokers };
  if (deployment?.source.kind === "kafka") return deployment.source.connection;
  if (deployment !== undefined) {
    throw new UsageError(`The source of the deployment file is no Kafka: name brokers with \`--${option}\``);
  }
  throw new UsageError(`Kafka is not named: say \`--${option} 127.0.0.1:9092\` or \`--config vigie.yaml\``);
}

/** Does something with a Kafka and lets go of it. What Kafka says becomes an EnvironmentError. */
export async function withKafka<T>(connection: KafkaConnection, act: (kafka: Kafka) => Promise<T>): Promise<T> {
  const kafka = openKafka(connection, "vigie-reader");
  try {
    return await act(kafka);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    const message = `Kafka at ${connection.brokers.join(", ")} cannot be read: ${error.message}`;
    throw new EnvironmentError(message, { cause: error });
  } finally {
    await kafka.close();
  }
}

/** Throws a UsageError that names topics that do not exist. Rejects with a `KafkaError`. */
export async function mustExist(kafka: Kafka, topics: readonly string[]): Promise<void> {
  const existing = [...(await kafka.topics()).keys()];
  for (const topic of topics) {
    if (existing.includes(topic)) continue;
    const near = nearest(topic, existing);
    throw new UsageError(
      `Kafka has no topic "${topic}"${near === undefined ? "" : `: did you mean "${near}"?`}`,
    );
  }
}

/** A consumer group of this command alone: nobody else's positions are touched. */
export function ownGroup(command: string): string {
  return `vigie-${command}-${crypto.randomUUID().slice(0, 8)}`;
}
