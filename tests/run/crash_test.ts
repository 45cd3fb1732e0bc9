/** `vigie run` killed at random times: whatever it did before, the alerts are those of a replay, and no others. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, planOf, produce, replayOf } from "./payments.ts";
import { runVigie, startVigie, until } from "./process.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];
const kills = 4;

/** Small numbers, the same in every run of the test that prints its seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff;
}

for (const store of ["sqlite", "redis"]) {
  Deno.test({
    name: `killed ${kills} times with state in ${store}, the alerts are those of a replay`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
      const chance = random(seed);
      const broker = await kafkaService();
      const line = store === "redis" ? `store: { redis: "redis://${await redisService()}" }` : undefined;
      const deployment = await deploy({ broker, packs, ...(line === undefined ? {} : { store: line }) });
      const { topic, alerts, folder } = deployment;
      const kafka = openKafka({ brokers: [broker] }, "test");
      await kafka.createTopic(topic, { partitions: 4, config: { "retention.ms": "-1" } });
      const messages = generatePayments(20_000, 4, 20);
      const cut = Math.floor(messages.length / kills);
      const read = async () => (await kafka.topics()).has(alerts) ? await readTopic([broker], alerts) : [];
      for (let kill = 0; kill < kills; kill++) {
        const running = startVigie(["run", "--config", "vigie.yaml"], folder);
        const before = (await read()).length;
        await produce(broker, topic, messages.slice(kill * cut, (kill + 1) * cut));
        const more = 1 + Math.floor(chance() * 40);
        await until(
          async () => (await read()).length >= before + more,
          () => `seed ${seed}: no alerts came:\n${running.log()}`,
        );
        running.kill("SIGKILL");
        await running.ended;
      }
      await produce(broker, topic, messages.slice(kills * cut));
      await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
      const expected = (await replayOf(await planOf(packs), messages, topic)).alerts
        .filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) => alert.id);
      const found = new Set((await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? ""));
      expect({ seed, ids: [...found].sort() }).toEqual({ seed, ids: expected.sort() });
      const file = await Deno.readTextFile(`${folder}/advanced.ndjson`);
      const advanced = new Set(file.split("\n").filter((text) => text !== "").map((text) => JSON.parse(text).id));
      const wanted = (await replayOf(await planOf(packs), messages, topic)).alerts
        .filter(({ sinks }) => sinks.includes("alerts_advanced_fraud")).map(({ alert }) => alert.id);
      expect({ seed, ids: [...advanced].sort() }).toEqual({ seed, ids: wanted.sort() });
      await kafka.close();
      await deployment.remove();
    },
  });
}
