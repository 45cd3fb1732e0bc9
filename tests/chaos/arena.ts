/**
 * Where a scenario takes place: a folder with packs, a topic, sinks that keep what they are told in three ways, and
 * processes of `vigie run` that are there one after the other or beside each other. At the end what the sinks hold is
 * compared with a replay.
 */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import type { RawMessage } from "../../engine/runtime/ports.ts";
import { deploy, type TrialDeployment } from "../run/deployment.ts";
import { generatePayments, produce } from "../run/payments.ts";
import { runVigie, until } from "../run/process.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { readTopic } from "../services/read_topic.ts";
import { type ChaosProcess, startProcess } from "./engine_process.ts";
import { keptIds } from "./kept.ts";
import { replayed, type SaidAlert } from "./oracle.ts";

/** Alerts that count: an event that is lost or handled twice shows in their values, and they leave with checkpoints. */
const counted = `pack: counted
defaults: { severity: info }
rules:
  - id: counted
    title: Payments of a provider
    kind: threshold
    on: payments
    key: payment.provider
    window: { tumbling: 10s }
    aggregate: { payments: count(), amount: sum(payment.amount) }
    when: payments >= 1
`;

export interface ArenaNeeds {
  /** So many payments, or these messages. */
  readonly events?: number;
  readonly messages?: readonly RawMessage[];
  /** Whether a message is an event; what is none has no place in a recorded log. */
  readonly isEvent?: (message: RawMessage) => boolean;
  readonly partitions: number;
  /** Address of a broker of the scenario's own. */
  readonly broker?: string;
  /** The line of the store; the shared Redis by default. */
  readonly store?: string;
  /** Address of the Redis that keeps alerts by their ids; the shared one by default. */
  readonly keeper?: string;
  /** Further sinks, which get every alert. */
  readonly sinks?: Readonly<Record<string, string>>;
  /** Further lines of the deployment file. */
  readonly more?: string;
}

export class Arena {
  private readonly processes: ChaosProcess[] = [];
  private expected: Promise<readonly SaidAlert[]> | undefined;
  private sent = 0;

  private constructor(
    readonly broker: string,
    readonly kafka: Kafka,
    readonly deployment: TrialDeployment,
    readonly messages: readonly RawMessage[],
    private readonly keeper: string,
    private readonly isEvent: (message: RawMessage) => boolean,
  ) {}

  static async open(needs: ArenaNeeds): Promise<Arena> {
    const broker = needs.broker ?? await kafkaService();
    const keeper = needs.keeper ?? await redisService();
    const mark = crypto.randomUUID().slice(0, 8);
    const sinks = {
      said: `{ kafka: { topic: said-${mark} } }`,
      newest: `{ kafka: { topic: newest-${mark}, compact: true } }`,
      kept: `{ redis: { url: "redis://${keeper}", set: "kept-${mark}:{id}" } }`,
      ...needs.sinks,
    };
    const deployment = await deploy({
      broker,
      packs: ["rules/payments", "rules/fraud/advanced.yaml"],
      store: needs.store ?? `store: { redis: "redis://${await redisService()}" }`,
      sinks: Object.entries(sinks).map(([name, settings]) => `${name}: ${settings}`),
      more: `always: [${Object.keys(sinks).join(", ")}]\n${needs.more ?? ""}`,
    });
    await Deno.writeTextFile(`${deployment.folder}/rules/counted.yaml`, counted);
    await calm(deployment.folder);
    const kafka = openKafka({ brokers: [broker] }, "chaos");
    await kafka.createTopic(deployment.topic, { partitions: needs.partitions, config: { "retention.ms": "-1" } });
    const messages = needs.messages ?? generatePayments(needs.events ?? 0, needs.partitions, 20);
    const isEvent = needs.isEvent ?? (() => true);
    return new Arena(broker, kafka, { ...deployment, alerts: mark }, messages, keeper, isEvent);
  }

  get folder(): string {
    return this.deployment.folder;
  }

  /** Name of a topic that a sink of this name writes. */
  topicOf(sink: "said" | "newest"): string {
    return `${sink}-${this.deployment.alerts}`;
  }

  /** Sends the next messages, or all that are left. */
  async send(count = Infinity): Promise<void> {
    const from = this.sent;
    this.sent = Math.min(this.messages.length, from + count);
    await produce(this.broker, this.deployment.topic, this.messages.slice(from, this.sent));
  }

  /** Sends the next messages in small parts over a time, or what is left of them at once when it is to be over. */
  async pour(count: number, millis: number, over?: AbortSignal): Promise<void> {
    const [parts, begun] = [Math.ceil(millis / 50), performance.now()];
    for (let part = 1, left = count; left > 0; part++) {
      const size = over?.aborted === true ? left : Math.ceil(left / (parts - part + 1));
      left -= size;
      await this.send(size);
      const ahead = begun + part * 50 - performance.now();
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
    }
  }

  /** Starts a process; `more` are further lines of its deployment file. */
  async start(options: Parameters<typeof startProcess>[2] = {}): Promise<ChaosProcess> {
    const process = await startProcess(this.folder, () => this.sent, options);
    this.processes.push(process);
    return process;
  }

  /** How many alerts the topic of all alerts has, said twice or not. */
  async count(): Promise<number> {
    const topic = this.topicOf("said");
    if (!(await this.kafka.topics()).has(topic)) return 0;
    return (await this.kafka.offsets(topic)).reduce((sum, { earliest, end }) => sum + end - earliest, 0);
  }

  /** Resolves when so many more alerts than now have been said. */
  async more(alerts: number): Promise<void> {
    const before = await this.count();
    await until(async () => await this.count() >= before + alerts, () => `No alerts came:\n${this.logs()}`);
  }

  /** What a replay says of all messages. */
  wanted(): Promise<readonly SaidAlert[]> {
    const { folder, deployment: { topic } } = this;
    this.expected ??= replayed(folder, topic, this.messages.filter(this.isEvent));
    return this.expected;
  }

  /** Reads the rest, closes the last windows, delivers, and ends. */
  async drain(): Promise<void> {
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], this.folder);
  }

  logs(): string {
    return this.processes.map((process) => process.log()).join("\n---\n");
  }

  /**
   * Compares what the sinks hold with a replay: none lost, none extra; a sink that keeps by id holds each once, and a
   * compacted topic ends with the same alert of each fingerprint. What no topic takes is among the dead letters of its
   * sink. Returns how many were said, and how often in all.
   */
  async judge(): Promise<{ readonly alerts: number; readonly said: number }> {
    const wanted = await this.wanted();
    const ids = wanted.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(50);
    const compare = (sink: string, found: readonly string[], all: readonly string[]) =>
      expect({ sink, ...difference(found, all) }).toEqual({ sink, ...nothing });
    compare("kept", await keptIds(this.keeper, `kept-${this.deployment.alerts}:`), ids);
    const fitting = wanted.filter(({ size }) => size < topicMax);
    const said = (await readTopic([this.broker], this.topicOf("said"))).map(({ value }) => withValues(textOf(value)));
    compare("said", said, fitting.map(({ text }) => withValues(text)));
    const newest = new Map<string, string>();
    for (const { key, headers } of await readTopic([this.broker], this.topicOf("newest"))) {
      newest.set(textOf(key), headers.id ?? "");
    }
    const last = new Map(fitting.map(({ fingerprint, id }) => [fingerprint, id]));
    compare("newest", [...newest.values()], [...last.values()]);
    if (fitting.length < wanted.length) {
      const refused = new Set((await readTopic([this.broker], "said.dlq")).map(({ key }) => textOf(key)));
      const large = wanted.filter(({ size, id }) => size >= topicMax && !refused.has(id));
      expect(large.map(({ id }) => id)).toEqual([]);
    }
    return { alerts: ids.length, said: said.length };
  }

  async close(): Promise<void> {
    for (const process of this.processes) await process.end();
    await this.kafka.close();
    await this.deployment.remove();
  }
}

/** Bytes of an alert that a topic takes; none of the tests is just below or above. */
const topicMax = 1_000_000;

/** An alert by its id and its values. */
function withValues(text: string): string {
  const { id, values }: SaidAlert = JSON.parse(text);
  return `${id} ${JSON.stringify(values)}`;
}

function textOf(bytes: Uint8Array | null): string {
  return new TextDecoder().decode(bytes ?? undefined);
}

/** No difference. */
export const nothing = { lost: [], extra: [] };

/** What of `wanted` is missing, and what is there without being wanted; ten of each are enough to look into. */
export function difference(found: readonly string[], wanted: readonly string[]) {
  const [of, all] = [new Set(found), new Set(wanted)];
  return {
    lost: [...all].filter((id) => !of.has(id)).slice(0, 10),
    extra: [...of].filter((id) => !all.has(id)).slice(0, 10),
  };
}

/**
 * Takes out what is not in the log: no silence of a partition moves event time, and rules whose keys come from several
 * partitions decide in event time, so that how the partitions interleave decides nothing.
 */
async function calm(folder: string): Promise<void> {
  await edit(`${folder}/contracts/streams/payments.yaml`, (text) => text.replace("idle: 10s", "idle: 1h"));
  await edit(
    `${folder}/rules/fraud/advanced.yaml`,
    (text) => text.replaceAll("    kind: threshold\n", "    kind: threshold\n    evaluate: event_time\n"),
  );
}

/** Rewrites a file; throws where the edit changes nothing, because then a test would test nothing. */
export async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const changed = change(text);
  if (changed === text) throw new Error(`The edit of ${path} changes nothing`);
  await Deno.writeTextFile(path, changed);
}
