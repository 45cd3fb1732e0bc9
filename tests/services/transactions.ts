/** A producer with transactions, as other programs have them: each leaves a mark behind its records, at an offset of its own. */
import { Kafka, logLevel } from "kafkajs";

/** Makes a topic of one partition; each value is a transaction. */
export async function produceInTransactions(broker: string, topic: string, values: readonly string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
  await admin.disconnect();
  const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const value of values) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value }] });
    await transaction.commit();
  }
  await producer.disconnect();
}
