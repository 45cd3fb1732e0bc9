/** Many windows that close at one instant in a real process: each closes once, across a SIGKILL in the middle. */
import { expect } from "expect";
import { kafkaService, redisService } from "../services/services.ts";
import { hour, hourly, readClosed } from "./closed.ts";
import { startVigie } from "./process.ts";
import { deployTicks, oneEach, sendTicks, start } from "./ticks.ts";
import { seen } from "./watch.ts";

const keys = 10_000;
/** Far fewer keys than windows that close, so that most are read back from the store. */
const bounds = "checkpoint: { max_keys: 1000, max_dirty: 1000 }\noutbox: { max: 3000 }\n";

for (const store of ["sqlite", "redis"]) {
  Deno.test({
    name: `${keys} windows close at one instant, killed in the middle, with state in ${store}: each closes once`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const broker = await kafkaService();
      const deployment = await deployTicks({
        broker,
        rules: hourly,
        store: store === "redis" ? `{ redis: "redis://${await redisService()}" }` : "{ sqlite: state.db }",
        sinks: "  closed: { file: { path: closed.ndjson } }",
        more: bounds,
      });
      const { folder, topic } = deployment;
      await sendTicks(broker, topic, oneEach(keys, start));
      await sendTicks(broker, topic, oneEach(1, start + hour));
      const first = startVigie(["run", "--config", "vigie.yaml"], folder);
      await written(`${folder}/closed.ndjson`, 1_000);
      first.kill("SIGKILL");
      await first.ended;
      expect((await readClosed(`${folder}/closed.ndjson`)).windows).toBeLessThan(keys);
      await sendTicks(broker, topic, oneEach(1, start + hour + 1));
      const second = startVigie(["run", "--config", "vigie.yaml"], folder);
      await seen(deployment, second, ({ events, lag, waiting }) => events > 0 && lag + waiting === 0);
      second.kill("SIGTERM");
      expect(await second.ended).toBe(0);
      const { windows, wrong } = await readClosed(`${folder}/closed.ndjson`);
      expect({ windows, wrong }).toEqual({ windows: keys, wrong: 0 });
      await deployment.remove();
    },
  });
}

/** Waits until a file is there with so many bytes: a process in the middle of its work may be slow to say how far it is. */
async function written(file: string, bytes: number): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end;) {
    const size = await Deno.stat(file).then((found) => found.size, () => 0);
    if (size >= bytes) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`${file} was not written`);
}
