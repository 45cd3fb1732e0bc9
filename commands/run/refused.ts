/**
 * Where messages go that are no events, and copies of late ones: topics beside the source's (`<topic>.dlq`, `<topic>.late`)
 * with the reason in headers and the bytes as they were, or lines of a file (semantics.md 34).
 */
import { Buffer } from "node:buffer";
import { backoff } from "../../engine/adapters/clock.ts";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import type { Kafka, OutgoingMessage } from "../../engine/adapters/kafka/port.ts";
import { ensureTopic } from "../../engine/adapters/kafka/topics.ts";
import type { Deployment, RefusedOutput } from "../../engine/config/deployment.ts";
import type { RefusedMessage } from "../../engine/runtime/settle/entry.ts";
import type { Receiver } from "../../engine/runtime/settle.ts";
import type { Verdict } from "../../sinks/sink.ts";
import { brokersOf, type OpenReceiver } from "./receivers.ts";

/** The receiver of refused messages; undefined where the deployment wants none. `suffix` is that of the topics. */
export function openRefused(output: RefusedOutput, deployment: Deployment, suffix: string): OpenReceiver | undefined {
  if (output.kind === "file") return toFile(output.path);
  const connection = output.kind === "kafka" ? output.connection ?? brokersOf(deployment) : undefined;
  return connection === undefined ? undefined : toTopics(openKafka(connection, "vigie-refused"), deployment, suffix);
}

function receiverOf(deliver: (batch: readonly RefusedMessage[]) => Promise<readonly Verdict[]>): Receiver {
  return {
    batchMax: 500,
    isOne: true,
    wait: (attempts) => backoff(attempts - 1),
    deliver: (batch) => deliver(batch.flatMap((parcel) => "refused" in parcel ? [parcel.refused] : [])),
  };
}

function toTopics(kafka: Kafka, { topics }: Deployment, suffix: string): OpenReceiver {
  const known = new Set<string>();
  const send = async (topic: string, batch: readonly RefusedMessage[]): Promise<Verdict> => {
    try {
      if (!known.has(topic)) {
        const settings = { partitions: 1, config: { "retention.ms": String(topics.retention) } };
        await ensureTopic(kafka, topic, settings, topics.create, "the dead letters");
        known.add(topic);
      }
      await kafka.produce(topic, batch.map(messageOf));
      return { result: "delivered" };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isFinal = error instanceof KafkaError && error.state === "final" && batch.length === 1;
      const [one] = batch;
      // With its headers a record may be too large for the topic, which its source just took: its place is kept.
      if (isFinal && one !== undefined && one.value !== null) {
        return await send(topic, [{ ...one, value: null, redacted: true }]);
      }
      return isFinal ? { result: "rejected", reason } : { result: "retry", after: undefined, reason };
    }
  };
  return {
    open: () => Promise.resolve(),
    close: () => kafka.close(),
    receiver: receiverOf(async (batch) => {
      const verdicts = new Map<RefusedMessage, Verdict>();
      for (const [topic, messages] of Map.groupBy(batch, (message) => `${message.topic}${suffix}`)) {
        const together = await send(topic, messages);
        let away = messages.length === 1 ? together : undefined;
        for (const message of messages) {
          if (together.result === "delivered") verdicts.set(message, together);
          else {
            // One message that is too large must not hold back those that came with it.
            const verdict = away ?? await send(topic, [message]);
            if (verdict.result === "retry") away = verdict;
            verdicts.set(message, verdict);
          }
        }
      }
      return batch.map((message) => verdicts.get(message) ?? { result: "delivered" });
    }),
  };
}

function messageOf(
  { key, value, stream, topic, partition, offset, reason, redacted }: RefusedMessage,
): OutgoingMessage {
  return {
    key: key === null ? null : Buffer.from(key, "base64"),
    value: value === null ? null : Buffer.from(value, "base64"),
    headers: {
      ...{ reason, stream, topic, partition: String(partition), offset: String(offset) },
      ...(redacted === true ? { redacted: "true" } : {}),
    },
  };
}

function toFile(path: string): OpenReceiver {
  return {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    receiver: receiverOf(async (batch) => {
      await Deno.mkdir(path.replace(/[^/]*$/, "") || ".", { recursive: true });
      await Deno.writeTextFile(path, batch.map(lineOf).join(""), { append: true });
      return batch.map(() => ({ result: "delivered" }));
    }),
  };
}

function lineOf({ key: _, value, ...place }: RefusedMessage): string {
  // A tombstone reads `null`; what was withheld is null.
  const raw = value === null
    ? (place.redacted === true ? null : "null")
    : Buffer.from(value, "base64").toString("utf8");
  return `${JSON.stringify({ ...place, raw })}\n`;
}
