/**
 * What the engine costs beside reading: raw consumption with JSON.parse of a topic of payments against a drain of the same
 * topic with all rules of `payments` and `fraud-advanced`, in one process each after a warm-up. CPU time beside wall time,
 * because the machine may have other work. `deno run -A bench/run.ts [events]`
 */
import { Kafka, logLevel } from "kafkajs";
import { memoryStore } from "../engine/adapters/memory.ts";
import { kafkaService } from "../tests/services/services.ts";
import { type Cost, costOf, drain, topicOfPayments } from "./drain.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];

/** Reads the whole topic and parses every message: the least that any consumer does. */
async function readRaw(broker: string, topic: string, events: number): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `raw-${crypto.randomUUID()}`, maxBytesPerPartition: 1 << 20 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let count = 0;
  let amount = 0;
  await new Promise<void>((resolve) => {
    consumer.run({
      autoCommit: false,
      eachBatch({ batch }) {
        for (const { value } of batch.messages) amount += JSON.parse(String(value)).amount;
        count += batch.messages.length;
        if (count >= events) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  if (Number.isNaN(amount)) throw new Error("a payment has no amount");
}

/** Prints the ratio: 1 would mean that rules, state and checkpoints cost nothing. */
export async function benchRun(events: number): Promise<void> {
  const broker = await kafkaService();
  const topic = await topicOfPayments(broker, events);
  await readRaw(broker, topic, events);
  const raw = await costOf(() => readRaw(broker, topic, events));
  await drain(broker, topic, packs, memoryStore());
  let said = 0;
  const engine = await costOf(async () => {
    said = await drain(broker, topic, packs, memoryStore());
  });
  const rate = ({ cpu }: Cost) => `${Math.round(events / cpu).toLocaleString("en")} events per CPU second`;
  console.log(`raw consumption and JSON.parse   ${rate(raw)}, ${raw.wall.toFixed(1)} s`);
  console.log(
    `drain, payments, fraud-advanced  ${rate(engine)}, ${engine.wall.toFixed(1)} s, ${said} alerts and records`,
  );
  console.log(
    `ratio of CPU ${(raw.cpu / engine.cpu).toFixed(2)}, of wall clock ${(raw.wall / engine.wall).toFixed(2)}`,
  );
}

if (import.meta.main) await benchRun(Number(Deno.args[0] ?? 100_000));
