/**
 * Kafka behind a small port: the only file that knows kafkajs. What it works around: a timer of the request queue that
 * burns idle CPU (tulios/kafkajs#1704), a jump to the newest message where an offset is gone, codecs that are not built
 * in, replication factors on clusters of one broker, retriable errors that are reported as final, and a consumer that
 * gives up; it is started again where it stopped.
 */
import { Buffer } from "node:buffer";
import {
  type Admin,
  AssignerProtocol,
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  type Consumer,
  Kafka as Client,
  type KafkaConfig,
  logLevel,
  type PartitionAssigner,
  Partitioners,
  type Producer,
  type SASLOptions,
} from "kafkajs";
import ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import { backoff, now, sleep } from "./clock.ts";
import { codecs } from "./kafka/codecs.ts";
import { isAnswer, KafkaError, outOfRangeOf, reasonOf, stateOf } from "./kafka/error.ts";
import { hand } from "./kafka/incoming.ts";
import { inRequests, outgoing } from "./kafka/outgoing.ts";
import type {
  Assigner,
  Kafka,
  KafkaConnection,
  Listening,
  OutgoingMessage,
  PartitionOffsets,
  ReadOptions,
  TopicSettings,
} from "./kafka/port.ts";

CompressionCodecs[CompressionTypes.ZSTD] = codecs.zstd;
CompressionCodecs[CompressionTypes.Snappy] = codecs.snappy;
CompressionCodecs[CompressionTypes.LZ4] = codecs.lz4;

/**
 * The library re-arms this timer without end and with no wait when nothing is pending. Only pending requests need it.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: {
  throttledUntil: number;
  throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null;
  pending: unknown[];
  checkPendingRequests: () => void;
}) {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, Math.max(this.throttledUntil - now(), 10));
};

/** The library would jump to the newest message where the one to read is gone. What then is for the reader to decide. */
ConsumerGroup.prototype.recoverFromOffsetOutOfRange = (error: Error) =>
  Promise.reject(Object.assign(error, { retriable: false }));

/** Longest wait of an idle fetch; also how long the client sleeps when every partition is held back. */
const fetchWaitMillis = 100;

/** How old may be what a reader knows of topics: partitions that a topic gets later are read that much later. */
const metadataMillis = 20_000;

/** Opens no connection yet; each function connects when it is first called and throws a `KafkaError` that says why not. */
export function openKafka(connection: KafkaConnection, clientId: string): Kafka {
  const client = new Client(configOf(connection, clientId));
  const links = new Links(client);
  const reading = new Set<Listening>();
  return {
    brokers: connection.brokers,
    topics: () => asked(async () => topicsOf(await links.admin())),
    offsets: (topic) => asked(async () => offsetsOf(await links.admin(), topic)),
    offsetsAt: (topic, time) =>
      asked(async () => {
        const found = await (await links.admin()).fetchTopicOffsetsByTimestamp(topic, time);
        return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
      }),
    hasCommitted: (group, topics) =>
      asked(async () => {
        const found = await (await links.admin()).fetchOffsets({ groupId: group, topics: [...topics] });
        return found.some(({ partitions }) => partitions.some(({ offset }) => Number(offset) >= 0));
      }),
    members: (group) =>
      asked(async () => {
        const { groups } = await (await links.admin()).describeGroups([group]);
        return groups.reduce((sum, { members }) => sum + members.length, 0);
      }),
    retention: (topic) => asked(async () => retentionOf(await links.admin(), topic)),
    createTopic: (name, settings) => asked(async () => createTopic(await links.admin(), name, settings)),
    produce: (topic, messages) =>
      asked(async () => {
        for (const part of inRequests(messages)) await send(links, topic, part);
      }),
    async listen(options) {
      const listening = await asked(() => listen(client, options));
      reading.add(listening);
      return listening;
    },
    async close() {
      for (const listening of reading) await listening.close();
      await links.close();
    },
  };
}

function configOf({ brokers, sasl, tls }: KafkaConnection, clientId: string): KafkaConfig {
  return {
    clientId,
    brokers: [...brokers],
    ...(tls === undefined ? {} : { ssl: tls === true ? true : { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 2_000 },
  };
}

/** Connections that are opened once and shared. One that failed is opened anew by the next caller. */
class Links {
  private adminLink: Promise<Admin> | undefined;
  private producerLink: Promise<Producer> | undefined;

  constructor(private readonly client: Client) {}

  admin(): Promise<Admin> {
    if (this.adminLink !== undefined) return this.adminLink;
    const admin = this.client.admin();
    this.adminLink = admin.connect().then(() => admin, (error) => {
      this.adminLink = undefined;
      throw error;
    });
    return this.adminLink;
  }

  producer(): Promise<Producer> {
    if (this.producerLink !== undefined) return this.producerLink;
    const producer = this.client.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      maxInFlightRequests: 1,
    });
    this.producerLink = producer.connect().then(() => producer, (error) => {
      this.producerLink = undefined;
      throw error;
    });
    return this.producerLink;
  }

  /** Lets go of the producer, unless another send has done so: the next one connects and asks for partitions anew. */
  async renewProducer(broken?: Producer): Promise<void> {
    const link = this.producerLink;
    if (broken !== undefined && await link?.catch(() => undefined) !== broken) return;
    if (this.producerLink !== link) return;
    this.producerLink = undefined;
    await link?.then((producer) => producer.disconnect()).catch(() => {});
  }

  async close(): Promise<void> {
    const links = await Promise.allSettled([this.adminLink, this.producerLink]);
    for (const link of links) if (link.status === "fulfilled") await link.value?.disconnect().catch(() => {});
  }
}

/** Runs what the library does and makes its errors ours. */
async function asked<T>(what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    throw new KafkaError(reasonOf(error), stateOf(error), { cause: error });
  }
}

async function topicsOf(admin: Admin): Promise<ReadonlyMap<string, number>> {
  const { topics } = await admin.fetchTopicMetadata();
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
}

async function offsetsOf(admin: Admin, topic: string): Promise<readonly PartitionOffsets[]> {
  const found = await admin.fetchTopicOffsets(topic);
  return found.map(({ partition, low, high }) => ({ partition, earliest: Number(low), end: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

async function retentionOf(admin: Admin, topic: string): Promise<number> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ["retention.ms", "cleanup.policy"] }],
  });
  const entries = new Map(
    resources.flatMap((resource) => resource.configEntries).map((
      { configName, configValue },
    ) => [configName, configValue]),
  );
  const millis = Number(entries.get("retention.ms") ?? -1);
  return millis < 0 || entries.get("cleanup.policy") === "compact" ? Infinity : millis;
}

/** Asks for the cluster's own replication factor; a cluster too old for that, or of one broker, gets 1. */
async function createTopic(admin: Admin, topic: string, { partitions, config = {} }: TopicSettings): Promise<boolean> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const ask = (replicationFactor: number) =>
    admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }] });
  try {
    return await ask(-1);
  } catch (error) {
    if (!/replication/i.test(reasonOf(error))) throw error;
    return await ask(1);
  }
}

/**
 * The library passes over messages for partitions that it does not know, and says nothing: no broker answers for them. A
 * topic may have got them since it was asked for, so that it is asked again, once.
 */
async function send(links: Links, topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
  let left = messages;
  for (let attempt = 0; attempt < 2; attempt++) {
    const answers = await sent(links, topic, left);
    const kept = new Set(answers.map(({ partition }) => partition));
    left = left.filter(({ partition }) => partition !== undefined && !kept.has(partition));
    if (left.length === 0) return;
    await links.renewProducer();
  }
  throw new Error(`the topic "${topic}" has no partition ${left[0]?.partition}`);
}

/** A producer whose connection was cut in the middle of an answer never connects again; the next send gets a new one. */
async function sent(links: Links, topic: string, messages: readonly OutgoingMessage[]) {
  const producer = await links.producer();
  try {
    return await producer.send({ topic, acks: -1, messages: messages.map(outgoing) });
  } catch (error) {
    if (!isAnswer(error)) await links.renewProducer(producer);
    throw error;
  }
}

/** Joins the group and reads. A consumer that the library gives up is replaced; it goes on at the positions given. */
async function listen(client: Client, options: ReadOptions): Promise<Listening> {
  const life = { closed: false, consumer: undefined as Consumer | undefined, failures: 0 };
  const stop = new AbortController();
  const begin = async () => {
    const consumer = client.consumer({
      groupId: options.group,
      allowAutoTopicCreation: false,
      sessionTimeout: options.sessionMillis ?? 6_000,
      // A member that is gone holds up the others for so long when they share partitions out anew.
      rebalanceTimeout: 8_000,
      heartbeatInterval: 2_000,
      maxWaitTimeInMs: fetchWaitMillis,
      maxBytesPerPartition: 1 << 20,
      maxBytes: 8 << 20,
      metadataMaxAge: options.metadataMillis ?? metadataMillis,
      ...(options.assigner === undefined ? {} : { partitionAssigners: [protocolOf(options.assigner)] }),
      retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000, restartOnFailure: () => Promise.resolve(false) },
    });
    life.consumer = consumer;
    watch(consumer, options, async (error) => {
      const gone = outOfRangeOf(error);
      if (gone === undefined || options.gone === undefined) options.trouble(reasonOf(error));
      else await options.gone(gone.topic, gone.partition).catch((failure) => options.trouble(reasonOf(failure)));
      await again();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...options.topics] });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 1,
      eachBatch({ batch, isStale }) {
        life.failures = 0;
        if (!isStale()) hand(batch, options);
        return Promise.resolve();
      },
    });
  };
  const again = async () => {
    while (!life.closed) {
      await sleep(backoff(life.failures++), stop.signal);
      if (life.closed) return;
      try {
        await life.consumer?.disconnect().catch(() => {});
        return await begin();
      } catch (error) {
        options.trouble(reasonOf(error));
      }
    }
  };
  try {
    await begin();
  } catch (error) {
    await life.consumer?.disconnect().catch(() => {});
    throw error;
  }
  const held = (topic: string, partition: number) => [{ topic, partitions: [partition] }];
  return {
    seek: (topic, partition, offset) =>
      quietly(() => life.consumer?.seek({ topic, partition, offset: String(offset) })),
    pause: (topic, partition) => quietly(() => life.consumer?.pause(held(topic, partition))),
    resume: (topic, partition) => quietly(() => life.consumer?.resume(held(topic, partition))),
    async commit(positions) {
      const offsets = positions.map((position) => ({ ...position, offset: String(position.offset) }));
      await asked(async () => await life.consumer?.commitOffsets(offsets));
    },
    async close() {
      if (life.closed) return;
      life.closed = true;
      stop.abort();
      await life.consumer?.disconnect().catch(() => {});
    },
  };
}

/** An assigner in the group protocol of Kafka. */
function protocolOf({ name, said, assign }: Assigner): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = AssignerProtocol;
  return ({ cluster }) => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.from(said()) }),
    }),
    assign({ members, topics }) {
      const counts = topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length] as const);
      const speakers = members.map(({ memberId, memberMetadata }) => ({
        id: memberId,
        said: String(MemberMetadata.decode(memberMetadata)?.userData ?? ""),
      }));
      const assigned = assign(speakers, new Map(counts));
      return Promise.resolve(members.map(({ memberId }) => {
        const assignment: Record<string, number[]> = {};
        for (const { topic, partition } of assigned.get(memberId) ?? []) (assignment[topic] ??= []).push(partition);
        return { memberId, memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: nothing }) };
      }));
    },
  });
}

const nothing = Buffer.alloc(0);

/** The library throws where nothing is assigned yet; then there is nothing to hold back. */
function quietly(what: () => void): void {
  try {
    what();
  } catch (error) {
    if (!/not initialized/.test(reasonOf(error))) throw error;
  }
}

/** Places the reader when the group has been joined, before anything is fetched; tells when the consumer ended. */
function watch(consumer: Consumer, options: ReadOptions, crashed: (error: Error) => Promise<void>): void {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const assigned: { topic: string; partition: number }[] = [];
    for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
      for (const partition of partitions) assigned.push({ topic, partition });
    }
    for (const { topic, partition } of assigned) {
      consumer.seek({ topic, partition, offset: String(options.position(topic, partition)) });
      if (options.isHeld(topic, partition)) consumer.pause([{ topic, partitions: [partition] }]);
    }
    options.assigned(assigned);
  });
  // A batch of nothing but transaction markers never reaches `eachBatch`, but it moves the reader on.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return;
    const next = Number(payload.lastOffset) + 1;
    options.batch(payload.topic, payload.partition, { messages: [], next, end: Number(payload.highWatermark) });
  });
  consumer.on(consumer.events.CRASH, async ({ payload }) => {
    if (!payload.restart) await crashed(payload.error);
  });
}
