/** What a start promises about what is around it: a Redis that could forget, a topic that does, a topic that grows. */
import { expect } from "expect";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { kafkaService, ownRedis } from "../services/services.ts";
import { addPartitions, alterTopic, forgetMessages } from "../services/topic_admin.ts";
import { runVigie, startVigie, until } from "./process.ts";
import { deployTicks, oneEach, sendTicks, start } from "./ticks.ts";
import { seen } from "./watch.ts";

const options = { sanitizeOps: false, sanitizeResources: false };
const drain = ["run", "--config", "vigie.yaml", "--drain"];

const rules = `pack: ticks
defaults: { severity: info, sinks: [alerts] }
rules:
  - id: every
    title: A tick
    kind: threshold
    on: ticks
    key: tick.k
    window: { sliding: 2h }
    aggregate: { n: count() }
    when: n >= 1
`;

async function deployment(store = "{ sqlite: state.db }") {
  const broker = await kafkaService();
  const sinks = "  alerts: { file: { path: alerts.ndjson } }";
  const deployed = await deployTicks({ broker, rules, store, sinks });
  const said = async () => {
    const text = await Deno.readTextFile(`${deployed.folder}/alerts.ndjson`);
    return text.trimEnd().split("\n").map((line) => JSON.parse(line).key.k).sort();
  };
  return { ...deployed, broker, said };
}

Deno.test({
  name: "a Redis that could drop state ends the start with 3 and what to set",
  ...options,
  async fn() {
    const server = await ownRedis();
    await server.start();
    const redis = connectRedis(`redis://${server.address}`);
    await redis.pipeline([["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]]);
    const { folder, remove } = await deployment(`{ redis: "redis://${server.address}" }`);
    const refused = await runVigie(["run", "--config", "vigie.yaml"], folder, 3);
    expect(refused.log()).toContain("maxmemory-policy allkeys-lru): set maxmemory-policy to noeviction");
    await redis.close();
    await server.remove();
    await remove();
  },
});

Deno.test({
  name: "without Redis a start says so and tries again until it is there, or ends with 3 where asked to",
  ...options,
  async fn() {
    const server = await ownRedis();
    const { broker, folder, topic, said, remove } = await deployment(`{ redis: "redis://${server.address}" }`);
    await sendTicks(broker, topic, oneEach(3, start));
    const failed = await runVigie(["run", "--config", "vigie.yaml", "--fail-fast"], folder, 3);
    expect(failed.log()).toContain(server.address);
    const running = startVigie(drain, folder);
    await until(() => /trying again/.test(running.log()), running.log);
    await server.start();
    expect(await running.ended).toBe(0);
    expect(await said()).toEqual(["k0", "k1", "k2"]);
    await server.remove();
    await remove();
  },
});

Deno.test({
  name: "a state file that cannot be one ends the start with 3 and names it",
  ...options,
  async fn() {
    const { folder, remove } = await deployment();
    await Deno.mkdir(`${folder}/state.db`);
    expect((await runVigie(["run", "--config", "vigie.yaml"], folder, 3)).log()).toContain("state.db");
    await remove();
  },
});

Deno.test({
  name: "a topic that keeps less than rules look back to is named at the start",
  ...options,
  async fn() {
    const { broker, folder, topic, remove } = await deployment();
    await alterTopic(broker, topic, "retention.ms", "3600000");
    expect((await runVigie(drain, folder)).log()).toContain(
      `The topic "${topic}" keeps messages for 1h, and rules look back 2h: state that is lost could not be made again`,
    );
    await remove();
  },
});

Deno.test({
  name: "a partition that a topic got later is read from its beginning",
  ...options,
  async fn() {
    const { broker, folder, topic, said, remove } = await deployment();
    await sendTicks(broker, topic, oneEach(3, start));
    await runVigie(drain, folder);
    expect(await said()).toEqual(["k0", "k1", "k2"]);
    await addPartitions(broker, topic, 2);
    await sendTicks(broker, topic, [{ key: "new", time: start + 1_000, value: 1 }], () => 1);
    await runVigie(drain, folder);
    expect(await said()).toEqual(["k0", "k1", "k2", "new"]);
    await remove();
  },
});

Deno.test({
  name: "messages that were deleted before they were read end the start with 3, or are said to be lost where asked to",
  ...options,
  async fn() {
    const { broker, folder, topic, server, said, remove } = await deployment();
    await sendTicks(broker, topic, oneEach(3, start));
    await runVigie(drain, folder);
    await sendTicks(broker, topic, ["lost", "left"].map((key) => ({ key, time: start + 1_000, value: 1 })));
    await forgetMessages(broker, topic, 4);
    const refused = await runVigie(drain, folder, 3);
    expect(refused.log()).toContain(`The checkpoint stands at offset 3 of ${topic}/0, which holds 4 to 5`);
    const file = `${folder}/vigie.yaml`;
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace(`"] } }`, `"], out_of_range: earliest } }`));
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    await seen({ server }, running, ({ events, lag }) => events > 0 && lag === 0);
    expect(running.log()).toContain("going on at 4; what lay between is lost");
    const numbers = await (await fetch(`${server}/metrics`)).text();
    expect(numbers).toContain(`vigie_lost_messages_total{stream="ticks",topic="${topic}",partition="0"} 1\n`);
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(await said()).toEqual(["k0", "k1", "k2", "left"]);
    await remove();
  },
});
