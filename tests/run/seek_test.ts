/** `--seek` and `--quiet-before` on a real Kafka: state is made anew from the log, and what is said again has its ids. */
import { expect } from "expect";
import { freePort } from "../services/port.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { type Commerce, commerce, start } from "./commerce.ts";
import { linesIn, sorted } from "./lines.ts";
import { runVigie, startVigie, until } from "./process.ts";
import { look } from "./watch.ts";

/** The library's timers outlive a test, so resources are not compared. */
const options = { sanitizeOps: false, sanitizeResources: false };
const minutes = (count: number) => new Date(start + count * 60_000).toISOString();
/** Before every record, and in the middle of the log of 8,000 events. */
const [beginning, middle] = [minutes(-1), minutes(1.5)];

/** Runs until everything is read; what was delivered to the sink of all alerts. */
async function drained({ deployment: { folder } }: Commerce, ...args: string[]) {
  const path = `${folder}/all.ndjson`;
  await Deno.writeTextFile(path, "");
  await runVigie(["run", "--config", "vigie.yaml", "--drain", ...args], folder);
  return await linesIn(path);
}

const ids = (alerts: readonly Record<string, unknown>[]) => alerts.map(({ id }) => String(id)).sort();
const isLater = ({ event_time }: Record<string, unknown>) => String(event_time) >= middle;

const stores = {
  SQLite: () => Promise.resolve("store: { sqlite: state.db }"),
  Redis: async () => `store: { redis: "redis://${await redisService()}" }`,
};

for (const [name, store] of Object.entries(stores)) {
  Deno.test({
    name:
      `with state in ${name}, a seek says what the first run said under the same ids, and with --quiet-before only what is later`,
    ...options,
    async fn() {
      const trial = await commerce({ broker: await kafkaService(), store: await store(), count: 8_000 });
      const { deployment: { folder, remove }, payments, orders } = trial;
      const first = await drained(trial);
      expect(first.filter(isLater).length).toBeGreaterThan(5);
      expect(first.filter((alert) => !isLater(alert)).length).toBeGreaterThan(5);
      expect(await drained(trial)).toEqual([]);

      expect(ids(await drained(trial, "--seek", beginning))).toEqual(ids(first));
      const later = await drained(trial, "--seek", beginning, "--quiet-before", middle);
      expect(sorted(later, ["detected_at"])).toEqual(sorted(first.filter(isLater), ["detected_at"]));
      expect(await drained(trial)).toEqual([]);
      expect(ids(await drained(trial, "--fresh"))).toEqual(ids(first));

      const kafka = ["--kafka", payments, "--kafka", orders, "--from", middle];
      await runVigie(["replay", "--config", "vigie.yaml", "--privacy", ...kafka, "--alerts", "half.ndjson"], folder);
      const half = await drained(trial, "--seek", middle);
      expect(ids(half)).toEqual(ids(await linesIn(`${folder}/half.ndjson`)));
      await remove();
    },
  });
}

Deno.test({
  name: "a seek that is cut off goes on as it was meant: quiet until the time that it named, and nothing is left out",
  ...options,
  async fn() {
    const port = freePort();
    const more = `http: { listen: "127.0.0.1:${port}" }\n`;
    const trial = await commerce({ broker: await kafkaService(), more, count: 8_000 });
    const { deployment: { folder, remove } } = trial;
    const first = await drained(trial);
    await Deno.writeTextFile(`${folder}/all.ndjson`, "");
    const args = ["run", "--config", "vigie.yaml", "--seek", beginning, "--quiet-before", middle];
    const running = startVigie(args, folder);
    await until(async () => ((await look(`http://127.0.0.1:${port}`))?.checkpoint ?? 0) > 0, running.log);
    running.kill("SIGKILL");
    await running.ended;
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const said = await linesIn(`${folder}/all.ndjson`);
    expect([...new Set(ids(said))]).toEqual(ids(first.filter(isLater)));
    await remove();
  },
});

/** What a start says that must end with 3 soon; one that goes on is killed, and fails the test. */
async function refused(args: readonly string[], folder: string): Promise<string> {
  const running = startVigie(args, folder);
  let code: number | undefined;
  const ended = running.ended.then((found) => code = found);
  try {
    await until(() => code !== undefined, () => `was not refused:\n${running.log()}`, 20_000);
  } finally {
    if (code === undefined) running.kill("SIGKILL");
    await ended;
  }
  expect([code, running.log()]).toEqual([3, running.log()]);
  return running.log();
}

Deno.test({
  name: "state is not dropped while alerts wait for a sink, nor under an instance that runs",
  ...options,
  async fn() {
    const trial = await commerce({ broker: await kafkaService(), more: "shutdown: 100ms\n", count: 2_000 });
    const { deployment: { folder, remove } } = trial;
    const file = `${folder}/vigie.yaml`;
    const text = await Deno.readTextFile(file);
    const away = `webhook: { url: "http://127.0.0.1:${freePort()}/", allow_private: true }`;
    await Deno.writeTextFile(file, text.replace("file: { path: all.ndjson }", away));
    const run = ["run", "--config", "vigie.yaml"];
    const running = startVigie(run, folder);
    await until(() => running.log().includes('The sink "all" fails'), running.log);
    const seek = [...run, "--drain", "--seek", beginning];
    try {
      expect(await refused(seek, folder)).toContain("Another instance runs this task");
    } finally {
      running.kill("SIGTERM");
      await running.ended;
    }
    expect(await refused(seek, folder)).toMatch(/\d+ alerts wait for the sink "all" and would be lost/);
    await Deno.writeTextFile(file, text);
    await runVigie([...seek, "--fresh"], folder);
    expect((await linesIn(`${folder}/all.ndjson`)).length).toBeGreaterThan(5);
    await remove();
  },
});

Deno.test({
  name: "a seek where there is no log, or a quiet start that goes on, is wrong usage",
  ...options,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "vigie-seek-" });
    const said = async (...args: string[]) => (await runVigie(["run", ...args], folder, 2)).log();
    expect(await said("--seek", "2026-01-05")).toContain("the source is generator: only Kafka keeps one");
    expect(await said("--quiet-before", "2026-01-05")).toContain("say from when, with `--seek TIME`, or `--fresh`");
    expect(await said("--seek", "yesterday")).toContain("takes a time such as");
    await Deno.remove(folder, { recursive: true });
  },
});
