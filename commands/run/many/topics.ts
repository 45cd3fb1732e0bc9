/** The topics that many instances share: those of the streams that rules read, and those that they write for each other. */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import { createCommand, ensureTopic, MissingTopic } from "../../../engine/adapters/kafka/topics.ts";
import { topicsOf } from "../../../engine/adapters/kafka_source.ts";
import type { Plan } from "../../../engine/compile/plan.ts";
import type { Deployment } from "../../../engine/config/deployment.ts";
import { parseTopic } from "../../../engine/model/topic.ts";
import type { KeySet, Partitions } from "../../../engine/runtime/many/key_sets.ts";
import { SourceError } from "../../../engine/runtime/source.ts";
import { streamsRead } from "../sources.ts";

/** Topics of each stream that rules read, and their partition counts. Throws a `SourceError` where one is missing. */
export async function sourcePartitions(kafka: Kafka, plan: Plan, { topics }: Deployment): Promise<Partitions> {
  const existing = await kafka.topics();
  const streams = streamsRead(plan);
  const missing = streams.flatMap((stream) =>
    stream.topics.filter((topic) => parseTopic(topic)?.isPattern !== true && !existing.has(topic)).map((topic) =>
      `The topic "${topic}" of the stream "${stream.name}" does not exist; create it with: ` +
      createCommand(kafka.brokers, topic, topics.partitions)
    )
  );
  if (missing.length > 0) throw new SourceError(missing.join("\n"), "away");
  return new Map(streams.map((stream) => {
    const counts = topicsOf(stream, [...existing.keys()]).map((topic) => [topic, existing.get(topic) ?? 0] as const);
    return [stream.name, new Map(counts)];
  }));
}

/**
 * Creates the topics of key sets where they are missing, and gives the sets with the partitions that there are: a topic
 * keeps those that it was created with when a source gets more. Throws a `SourceError` where creating is not allowed.
 */
export async function makeRepartitionTopics(
  kafka: Kafka,
  keySets: readonly KeySet[],
  { topics }: Deployment,
): Promise<readonly KeySet[]> {
  for (const { topic, partitions, plan } of keySets) {
    const config = { "retention.ms": String(topics.retention), "cleanup.policy": "delete" };
    const readers = plan.rules.map(({ name }) => `"${name}"`).join(", ");
    try {
      await ensureTopic(kafka, topic, { partitions, config }, topics.create, `the rules ${readers}`);
    } catch (error) {
      throw error instanceof MissingTopic ? new SourceError(error.message, "final") : error;
    }
  }
  const existing = await kafka.topics();
  return keySets.map((keySet) => ({
    ...keySet,
    partitions: keySet.meets ? 1 : existing.get(keySet.topic) ?? keySet.partitions,
  }));
}
