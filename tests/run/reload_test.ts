/** Reload under load on a real Kafka: nothing is lost or said twice, and what is wrong changes nothing. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { freePort } from "../services/port.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, planOf, produce, replayOf } from "./payments.ts";
import { runVigie, startVigie, until } from "./process.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];

Deno.test({
  name: "edits under load switch at a checkpoint or change nothing, and no alert is lost or said twice",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const port = freePort();
    const deployment = await deploy({ broker, packs, more: `http: { listen: "127.0.0.1:${port}" }` });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 3, config: { "retention.ms": "-1" } });
    const messages = generatePayments(12_000, 3);
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const server = `http://127.0.0.1:${port}`;
    const ask = async (path: string, method = "GET") => {
      const response = await fetch(`${server}${path}`, { method });
      return { status: response.status, body: await response.text() };
    };
    const isReady = () => ask("/readyz").then(({ status }) => status === 200, () => false);
    await until(isReady, () => running.log());
    const pack = `${folder}/rules/payments/payments.yaml`;
    const text = await Deno.readTextFile(pack);
    const send = (part: number) => produce(broker, topic, messages.slice(part * 3_000, (part + 1) * 3_000));

    await send(0);
    await Deno.writeTextFile(pack, `${text}\n# a remark\n`);
    expect(JSON.parse((await ask("/v1/reload", "POST")).body)).toEqual({ outcome: "unchanged" });

    await send(1);
    await Deno.writeTextFile(pack, text.replace(/\bdescription: .*/, "description: Another one"));
    await Deno.writeTextFile(`${folder}/rules/payments/half.yaml`, "pack: half\nrules: [");
    running.kill("SIGHUP");
    await until(() => /not reloaded/.test(running.log()), () => running.log());
    expect((await ask("/metrics")).body).toContain("vigie_reload_failed_total 1");
    expect((await ask("/v1/reload", "POST")).status).toBe(422);
    expect((await ask("/metrics")).body).toContain("vigie_reload_failed_total 1");

    await send(2);
    await Deno.remove(`${folder}/rules/payments/half.yaml`);
    const edited = text.replace(/(\n +)title: (.*)/, "$1title: $2 indeed");
    await Deno.writeTextFile(pack, edited);
    await until(() => /Reloaded in/.test(running.log()), () => running.log());

    await send(3);
    const wanted = (await replayOf(await planOf(packs), messages, topic)).alerts
      .filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) => alert.id).sort();
    const status = async () => JSON.parse((await ask("/v1/status")).body);
    await until(
      async () => (await status()).partitions.every(({ lag }: { lag: number }) => lag === 0),
      () => running.log(),
    );
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    const found = (await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? "").sort();
    expect(found).toEqual(wanted);
    await kafka.close();
    await deployment.remove();
  },
});

Deno.test({
  name: "a start with refused folders runs the rules that ran before, and ends with 1 where asked to",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deploy({ broker, packs });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
    const messages = generatePayments(4_000, 2);
    await produce(broker, topic, messages.slice(0, 2_000));
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    await Deno.writeTextFile(`${folder}/rules/payments/half.yaml`, "pack: half\nrules: [");
    await produce(broker, topic, messages.slice(2_000));
    const refused = await runVigie(["run", "--config", "vigie.yaml", "--drain", "--fail-fast"], folder, 1);
    expect(refused.output()).toContain("rules/payments/half.yaml");
    const going = await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    expect(going.log()).toContain("running those that were in force before");
    const wanted = (await replayOf(await planOf(packs), messages, topic)).alerts
      .filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) => alert.id).sort();
    expect((await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? "").sort()).toEqual(wanted);
    await kafka.close();
    await deployment.remove();
  },
});
