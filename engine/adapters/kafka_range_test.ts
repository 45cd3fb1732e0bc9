/** Parts of topics that Kafka no longer holds in full: reading them ends all the same, and what is missing is said. */
import { expect } from "expect";
import { kafkaService } from "../../tests/services/services.ts";
import { forgetMessages } from "../../tests/services/topic_admin.ts";
import { openKafka } from "./kafka.ts";
import { type KafkaRange, openRanges } from "./kafka_range.ts";

interface Case {
  readonly range: Pick<KafkaRange, "from" | "to">;
  /** Messages that the topic holds: those before `earliest` are deleted. */
  readonly earliest: number;
  readonly end: number;
}

/** What is read of a partition that holds something else than it did when the range was asked for. */
async function readOf({ range, earliest, end }: Case) {
  const broker = await kafkaService();
  const kafka = openKafka({ brokers: [broker] }, "test");
  const topic = `range-${crypto.randomUUID().slice(0, 8)}`;
  await kafka.createTopic(topic, { partitions: 1 });
  await kafka.produce(topic, Array.from({ length: end }, (_, i) => ({ key: null, value: String(i) })));
  if (earliest > 0) await forgetMessages(broker, topic, earliest);
  const log: string[] = [];
  const say = (line: string) => void log.push(line.replace(topic, "t"));
  const opened = await openRanges(kafka, [{ topic, partition: 0, ...range }], `read-${topic}`, say);
  const offsets: number[] = [];
  for (const { read } of opened.readers) {
    for (let some = await read(); some !== undefined; some = await read()) {
      offsets.push(...some.map(({ offset }) => offset));
    }
  }
  const share = opened.share();
  await opened.close();
  await kafka.close();
  return { offsets, log, share };
}

const cases:
  readonly (Case & { readonly name: string; readonly offsets: readonly number[]; readonly missing: number })[] = [
    {
      name: "messages that are deleted before they are read are missing, and reading ends with what is left",
      ...{ range: { from: 0, to: 60 }, earliest: 50, end: 60 },
      ...{ offsets: [50, 51, 52, 53, 54, 55, 56, 57, 58, 59], missing: 50 },
    },
    {
      name: "reading ends when nothing is left of what was to be read, though more came since",
      ...{ range: { from: 0, to: 60 }, earliest: 70, end: 80, offsets: [], missing: 60 },
    },
    {
      name: "reading ends when the log is shorter than what was read of it, and does not begin anew",
      ...{ range: { from: 50, to: 60 }, earliest: 0, end: 20, offsets: [], missing: 10 },
    },
  ];

for (const { name, offsets, missing, ...given } of cases) {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const log = [`${missing} messages of t/0 are missing: they were deleted before they could be read`];
      expect(await readOf(given)).toEqual({ offsets, log, share: 1 });
    },
  });
}
