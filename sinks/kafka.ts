/**
 * Alerts in a Kafka topic: keyed by fingerprint, so that what is about the same thing stays in order; the id and the
 * severity stand in headers. Sent with acks of all in-sync replicas. The record's own time is the wall clock: with event
 * time, retention would delete the alerts of a replay at once.
 */
import { openKafka } from "../engine/adapters/kafka.ts";
import { KafkaError } from "../engine/adapters/kafka/error.ts";
import type { Kafka, KafkaConnection, OutgoingMessage } from "../engine/adapters/kafka/port.ts";
import { createCommand, ensureTopic } from "../engine/adapters/kafka/topics.ts";
import { halving } from "./batch/halving.ts";
import type { Delivery, Sink, SinkContext, SinkKind, Verdict } from "./sink.ts";

export const kafka: SinkKind = {
  name: "kafka",
  summary: "Writes to a Kafka topic",
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      topic: { description: "Topic; the sink's name when absent.", type: "string", pattern: "^[A-Za-z0-9._-]{1,249}$" },
      brokers: {
        description: "Brokers as host:port; those of the source when absent.",
        type: "array",
        minItems: 1,
        items: { type: "string" },
      },
      partitions: { description: "Partitions of the topic when it is created.", type: "integer", minimum: 1 },
      compact: {
        description: "Creates the topic log-compacted: the newest alert of each fingerprint stays.",
        type: "boolean",
      },
    },
  },
  secondSend: "appends the message again; consumers drop it by the header `id`",
  batchMax: 1_000,
  create(options, context) {
    const topic = typeof options.topic === "string" ? options.topic : context.name;
    const connection = connectionOf(options.brokers, context);
    return openTopic(openKafka(connection, `vigie-sink-${context.name}`), topic, {
      partitions: typeof options.partitions === "number" ? options.partitions : 1,
      config: {
        "cleanup.policy": options.compact === true ? "compact" : "delete",
        ...(options.compact === true ? {} : { "retention.ms": String(context.topics.retention) }),
      },
    }, context);
  },
  example: "alerts_fraud_payments: { kafka: { topic: alerts_fraud_payments } }",
};

function connectionOf(brokers: unknown, { name, kafka }: SinkContext): KafkaConnection {
  if (Array.isArray(brokers)) return { brokers: brokers.map(String) };
  if (kafka === undefined) throw new Error(`The sink "${name}" names no brokers and the source is not Kafka`);
  return kafka;
}

function openTopic(
  kafka: Kafka,
  topic: string,
  settings: Parameters<Kafka["createTopic"]>[1],
  { topics, name }: SinkContext,
): Sink {
  return {
    open: () => ensureTopic(kafka, topic, settings, topics.create, `the sink "${name}"`).then(() => {}),
    close: () => kafka.close(),
    // The adapter sends no more at once than a broker takes, so a refusal is about a message of the batch.
    deliver: (batch) => halving(batch.map(messageOf), (messages) => send(kafka, topic, messages)),
  };
}

function retry(topic: string, { message }: KafkaError): Verdict {
  const help = /UNKNOWN_TOPIC|does not host/.test(message)
    ? `; does the topic exist? ${createCommand([], topic, 1)}`
    : "";
  return { result: "retry", after: undefined, reason: `topic "${topic}": ${message}${help}` };
}

async function send(kafka: Kafka, topic: string, messages: readonly OutgoingMessage[]): Promise<Verdict> {
  try {
    await kafka.produce(topic, messages);
    return { result: "delivered" };
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return error.state === "final" ? { result: "rejected", reason: error.message } : retry(topic, error);
  }
}

function messageOf(delivery: Delivery): OutgoingMessage {
  if ("alert" in delivery) {
    const { alert } = delivery;
    return {
      key: alert.fingerprint,
      value: JSON.stringify(alert),
      headers: { id: alert.id, severity: alert.severity },
    };
  }
  const { record } = delivery;
  return { key: JSON.stringify(record.key), value: JSON.stringify(record), headers: { id: record.id } };
}
