/** Topics that the engine writes: made when they do not exist, or named with the command that makes them. */
import type { Kafka, TopicSettings } from "./port.ts";

/** The command that creates a topic, for people. */
export function createCommand(brokers: readonly string[], topic: string, partitions: number): string {
  const server = brokers.length === 0 ? "<broker>:9092" : brokers.join(",");
  return `kafka-topics.sh --bootstrap-server ${server} --create --topic ${topic} --partitions ${partitions}`;
}

/** A topic that nobody may create is missing. */
export class MissingTopic extends Error {
  override readonly name = "MissingTopic";
}

/** Creates the topic where it is missing. Throws `MissingTopic` where that is not allowed; `wantedBy` is for its words. */
export async function ensureTopic(
  kafka: Kafka,
  topic: string,
  settings: TopicSettings,
  create: boolean,
  wantedBy: string,
): Promise<void> {
  if ((await kafka.topics()).has(topic)) return;
  if (!create) {
    throw new MissingTopic(
      `The topic "${topic}" of ${wantedBy} does not exist; create it with: ` +
        createCommand(kafka.brokers, topic, settings.partitions),
    );
  }
  await kafka.createTopic(topic, settings);
}
