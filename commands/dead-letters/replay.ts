/**
 * Sends dead letters again: events to the topic that they came from, where they are new events; alerts to the sink that
 * did not take them, under the ids that they have, so that a receiver that knows them can tell.
 */
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import { type MessagePlace, readPlaces } from "../../engine/adapters/kafka_topics.ts";
import type { Deployment, SinkSettings } from "../../engine/config/deployment.ts";
import type { Alert, OutputRecord } from "../../engine/model/alert.ts";
import type { Stream } from "../../engine/model/contract.ts";
import type { Delivery } from "../../sinks/sink.ts";
import type { Terminal } from "../command.ts";
import { contextOf, openSink } from "../run/receivers.ts";
import { type DeadLetter, textOf } from "./letters.ts";

export interface Outcome {
  readonly id: string;
  readonly done: boolean;
  /** What happened, as a sentence. */
  readonly says: string;
}

export interface ReplayNeeds {
  readonly deployment: Deployment;
  /** Those of the deployment, and the endpoints that its customers name now. */
  readonly sinks: readonly SinkSettings[];
  readonly streams: ReadonlyMap<string, Stream>;
  readonly kafka: Kafka | undefined;
  readonly terminal: Terminal;
}

/** Replays letters one after the other; what cannot be replayed says why. */
export async function replayLetters(letters: readonly DeadLetter[], needs: ReplayNeeds): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [stream, group] of Map.groupBy(letters, (letter) => letter.stream)) {
    outcomes.push(...await replayed(stream, group, needs));
  }
  return outcomes;
}

/** Letters of one stream or sink. What is neither now is no event: the topic that it names is one that nobody reads. */
async function replayed(stream: string, letters: readonly DeadLetter[], needs: ReplayNeeds): Promise<Outcome[]> {
  const { deployment, sinks, streams, kafka, terminal } = needs;
  const sink = sinks.find(({ lane }) => lane === stream);
  if (sink !== undefined) return await toSink(sink, letters, deployment, terminal);
  if (!streams.has(stream)) return noneDone(letters, `nobody defines "${stream}" now`);
  if (kafka !== undefined) return await toTopic(letters, kafka, deployment.app);
  return noneDone(letters, "its source is no topic: run `vigie replay` over the recorded events");
}

function noneDone(letters: readonly DeadLetter[], says: string): Outcome[] {
  return letters.map(({ id }) => ({ id, done: false, says }));
}

async function toTopic(letters: readonly DeadLetter[], kafka: Kafka, app: string): Promise<Outcome[]> {
  const group = `${app}-dead-letters-${crypto.randomUUID().slice(0, 8)}`;
  const originals = await readPlaces(kafka, letters.filter(({ redacted }) => redacted), group);
  const outcomes: Outcome[] = [];
  for (const letter of letters) {
    const { id, topic, redacted } = letter;
    const sent = redacted ? originals.find((one) => isAt(one, letter)) : letter;
    if (sent === undefined) {
      outcomes.push({ id, done: false, says: "personal data was taken out, and its topic no longer has the original" });
      continue;
    }
    await kafka.produce(topic, [{ key: sent.key, value: sent.value }]);
    outcomes.push({ id, done: true, says: `sent to ${topic}` });
  }
  return outcomes;
}

function isAt(message: MessagePlace, place: MessagePlace): boolean {
  return message.topic === place.topic && message.partition === place.partition && message.offset === place.offset;
}

async function toSink(
  settings: SinkSettings,
  letters: readonly DeadLetter[],
  deployment: Deployment,
  terminal: Terminal,
): Promise<Outcome[]> {
  const { lane } = settings;
  const output = { isTerminal: terminal.isTerminal, write: terminal.out };
  const { receiver, open, close } = openSink(settings, contextOf(deployment, output));
  const outcomes: Outcome[] = [];
  try {
    await open();
    for (const { id, value } of letters) {
      const [verdict] = await receiver.deliver([deliveryOf(textOf(value))], [0]);
      const done = verdict?.result === "delivered";
      const why = verdict === undefined || verdict.result === "delivered" ? "" : verdict.reason;
      outcomes.push({ id, done, says: done ? `delivered to ${lane}` : `${lane} did not take it: ${why}` });
    }
  } finally {
    await close().catch(() => {});
  }
  return outcomes;
}

/** An alert has a status, a record an output. */
function deliveryOf(text: string): Delivery {
  const content: Alert | OutputRecord = JSON.parse(text);
  return "output" in content ? { record: content } : { alert: content };
}
