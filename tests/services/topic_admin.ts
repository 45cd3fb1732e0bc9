/** What an operator, or time, does to topics: for tests of what the engine makes of it. */
import { type Admin, ConfigResourceTypes, Kafka, logLevel } from "kafkajs";

/** Forgets the messages of partition 0 before an offset, as retention does. */
export function forgetMessages(broker: string, topic: string, before: number): Promise<unknown> {
  return asAdmin(broker, async (admin) => {
    // The library finds the leader of a partition only once it has asked for the topic.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] });
  });
}

/** Makes a topic anew, without its messages. */
export function makeAnew(broker: string, topic: string): Promise<unknown> {
  return asAdmin(broker, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    // A topic that is on its way out cannot be made yet.
    for (let made = false; !made;) {
      made = await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }).catch(() => false);
    }
  });
}

/** Sets one setting of a topic. */
export function alterTopic(broker: string, topic: string, name: string, value: string): Promise<unknown> {
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] };
  return asAdmin(broker, (admin) => admin.alterConfigs({ validateOnly: false, resources: [resource] }));
}

/** Gives a topic further partitions, so that it has `count`. */
export function addPartitions(broker: string, topic: string, count: number): Promise<unknown> {
  return asAdmin(broker, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count }] }));
}

async function asAdmin(broker: string, act: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await act(admin);
  } finally {
    await admin.disconnect();
  }
}
