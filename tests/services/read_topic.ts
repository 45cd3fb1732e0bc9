/** Reads a whole topic, as a consumer would find it: for tests that look at what the engine wrote. */
import { Kafka, logLevel } from "kafkajs";

export interface ReadMessage {
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every message of a topic, by partition and offset. Rejects when there is no such topic. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<readonly ReadMessage[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(offsets.filter(({ low, high }) => low !== high).map((o) => [o.partition, Number(o.high)]));
  const found: ReadMessage[] = [];
  if (missing.size === 0) return found;
  const consumer = kafka.consumer({ groupId: `read-${crypto.randomUUID()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve) => {
    consumer.run({
      autoCommit: false,
      eachMessage({ partition, message }) {
        const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
        const { key, value } = message;
        found.push({ partition, offset: Number(message.offset), key, value, headers: Object.fromEntries(headers) });
        if (Number(message.offset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
        if (missing.size === 0) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
