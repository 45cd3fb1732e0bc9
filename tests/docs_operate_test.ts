/**
 * The pages of docs/operate that an operator types from, run as they stand, block after block, on a real Kafka and Redis:
 * recovery.md over a log that was read once, reload.md beside a running engine. What a page says that Vigie says is said.
 */
import { expect } from "expect";
import { connectRedis } from "../engine/adapters/redis.ts";
import { allOf } from "../engine/adapters/redis/port.ts";
import { openKafka } from "../engine/adapters/kafka.ts";
import { generatePayments, produce } from "./run/payments.ts";
import { deploy } from "./run/deployment.ts";
import { runVigie, startVigie, until } from "./run/process.ts";
import { freePort } from "./services/port.ts";
import { kafkaService, redisService } from "./services/services.ts";

/** The library's timers outlive a test, so resources are not compared. */
const options = { sanitizeOps: false, sanitizeResources: false };

interface Block {
  /** Heading of the section. */
  readonly section: string;
  readonly language: string;
  readonly lines: readonly string[];
}

function blocksOf(page: string): readonly Block[] {
  const text = Deno.readTextFileSync(new URL(`../docs/operate/${page}.md`, import.meta.url));
  return text.split(/^## /m).flatMap((section, i) =>
    [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({
      section: i === 0 ? "" : section.split("\n")[0] ?? "",
      language,
      lines: body.replaceAll("\\\n", " ").trimEnd().split("\n"),
    }))
  );
}

/** The deployment of a page, with servers, topics and an application of the test's own. */
async function deployed(page: string) {
  const broker = await kafkaService();
  const redis = `redis://${await redisService()}`;
  const port = freePort();
  const { folder, topic, remove } = await deploy({ broker, packs: ["rules/payments"] });
  const app = topic.replace("payments", "vigie");
  /** A text of the page as it is in the test. */
  const here = (text: string) =>
    text.replaceAll("127.0.0.1:9092", broker).replaceAll("redis://127.0.0.1:6379", redis)
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`).replaceAll('"vigie"', `"${app}"`)
      .replaceAll("app: vigie", `app: ${app}`).replaceAll("topic: alerts", `topic: ${topic}-alerts`)
      .replace(/(record|--kafka) payments/g, `$1 ${topic}`);
  const file = blocksOf(page).find(({ language }) => language === "yaml")?.lines.join("\n") ?? "";
  const sinks = "sinks:\n  alerts_fraud_payments: { file: { path: fraud.ndjson } }\n" +
    "  alerts_psp_payments: { file: { path: psp.ndjson } }\n  payment_stats: { file: { path: stats.ndjson } }\n";
  await Deno.writeTextFile(`${folder}/vigie.yaml`, here(file).replace("sinks:\n", sinks));
  const kafka = openKafka({ brokers: [broker] }, "test");
  await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
  await kafka.close();
  return { broker, redis, folder, topic, app, here, remove };
}

/** Reads a topic until the group has told Kafka how far it is, and stops. */
async function readOnce(broker: string, folder: string, app: string, topic: string): Promise<void> {
  const kafka = openKafka({ brokers: [broker] }, "test");
  const running = startVigie(["run", "--config", "vigie.yaml"], folder);
  await until(() => kafka.hasCommitted(app, [topic]), running.log);
  running.kill("SIGTERM");
  expect(await running.ended).toBe(0);
  await kafka.close();
}

Deno.test({
  name: "every command of docs/operate/recovery.md runs, and a lost state is refused in the words of the page",
  ...options,
  async fn() {
    const { broker, redis, folder, topic, app, here, remove } = await deployed("recovery");
    await produce(broker, topic, generatePayments(6_000, 2));
    await readOnce(broker, folder, app, topic);
    const losses: Record<string, () => Promise<string>> = {
      async "The state is lost"() {
        const connection = connectRedis(redis);
        const [names] = await allOf(connection, [["KEYS", `*${app}*`]]);
        await allOf(connection, [["DEL", ...(Array.isArray(names) ? names.map(String) : [])]]);
        await connection.close();
        return (await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder, 3)).log();
      },
    };
    let ran = 0;
    let said = "";
    for (const { section, language, lines } of blocksOf("recovery")) {
      if (language === "text") {
        said = await losses[section]?.() ?? "";
        for (const line of lines) expect(said).toContain(here(line));
      }
      if (language !== "sh") continue;
      for (const line of lines.filter((line) => line.startsWith("vigie "))) {
        const [, ...args] = here(line).split(/\s+/);
        await runVigie(args[0] === "run" ? [...args, "--drain"] : args, folder);
        ran++;
      }
    }
    expect(ran).toBeGreaterThan(10);
    const lines = async (path: string) => (await Deno.readTextFile(`${folder}/${path}`)).split("\n").sort();
    expect((await lines("alerts.ndjson")).length).toBeGreaterThan(10);
    expect(await lines("the-same.ndjson")).toEqual(await lines("alerts.ndjson"));
    await remove();
  },
});

Deno.test({
  name: "every command of docs/operate/reload.md runs beside an engine, which says what the page says",
  ...options,
  async fn() {
    const { broker, folder, topic, here, remove } = await deployed("reload");
    await produce(broker, topic, generatePayments(2_000, 2));
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const status = async () => await (await fetch(here("http://127.0.0.1:8080/v1/status"))).json();
    const isCaughtUp = async () => {
      const { partitions } = await status();
      return partitions.length === 2 && partitions.every(({ lag }: { lag: number }) => lag === 0);
    };
    await until(() => isCaughtUp().catch(() => false), running.log);
    const pack = `${folder}/rules/payments/payments.yaml`;
    const text = await Deno.readTextFile(pack);
    const edits = [
      text.replace(/window: \{ tumbling: \w+ \}/, "window: { tumbling: 3m }"),
      `${text}\n  - half`,
    ];
    // The tests of the pack say no to the first edit, and so does everything to the second.
    for (const edit of edits) {
      expect(edit).not.toBe(text);
      await Deno.writeTextFile(pack, edit);
      for (const line of blocksOf("reload").flatMap(({ language, lines }) => language === "sh" ? lines : [])) {
        const [command = "", ...args] = here(line).split(/\s+/);
        if (command === "vigie" && edit === edits[0]) await runVigie(args, folder, args[0] === "test" ? 1 : 0);
        if (command === "kill") running.kill("SIGHUP");
        if (command === "curl") {
          const method = args.includes("POST") ? "POST" : "GET";
          const response = await fetch(args.at(-1) ?? "", { method });
          expect([method, response.status]).toEqual([method, method === "POST" && edit === edits[1] ? 422 : 200]);
          await response.body?.cancel();
        }
      }
    }
    const { rules, reloads } = await status();
    expect([reloads.done, reloads.failed, reloads.last.outcome]).toEqual([1, 1, "refused"]);
    expect(rules.filter(({ warming }: { warming: string | null }) => warming !== null).length).toBe(1);
    const shape = (line: string) => line.replace(/ [\d.:TZ-]+|[\w-]+\/[\w-]+/g, " …").slice(0, 20);
    for (const { lines } of blocksOf("reload").filter(({ language }) => language === "text")) {
      for (const line of lines) expect(running.log()).toContain(shape(line).split("…")[0]);
    }
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    await remove();
  },
});
