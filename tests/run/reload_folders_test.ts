/** Folders that vanish, or are emptied, under the running engine: never an empty plan, and counted once (runtime.md §6). */
import { expect } from "expect";
import { kafkaService } from "../services/services.ts";
import { runVigie, startVigie, until } from "./process.ts";
import { deployTicks, oneEach, sendTicks, start } from "./ticks.ts";

const rules = `pack: ticks
defaults: { severity: info, sinks: [all] }
rules:
  - { id: seen, title: A tick, kind: filter, on: ticks, when: tick.x >= 0, entities: { key: tick.k } }
`;

Deno.test({
  name: "a folder of rules that is emptied or missing is refused once, and the rules in force go on",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deployTicks({
      ...{ broker, rules, store: "{ sqlite: state.db }", sinks: "  all: { file: { path: all.ndjson } }" },
    });
    const { folder, pack, server, topic } = deployment;
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const status = async () => await (await fetch(`${server}/v1/status`)).json();
    const failed = async () => (await status()).reloads.failed;
    await until(() => fetch(`${server}/readyz`).then(({ ok }) => ok, () => false), running.log);

    await Deno.remove(pack);
    running.kill("SIGHUP");
    await until(async () => await failed() === 1, running.log);
    expect(running.log()).toContain("error[V028]: Cannot find packs in rules");
    expect(await (await fetch(`${server}/v1/reload`, { method: "POST" })).json()).toMatchObject({ outcome: "refused" });
    expect(await failed()).toBe(1);

    await Deno.remove(`${folder}/rules`);
    // Nobody asks: the folders are looked at.
    await until(async () => await failed() === 2, running.log);
    expect(running.log()).toContain("error[V027]: Cannot read rules: it does not exist");

    await sendTicks(broker, topic, oneEach(3, start));
    const lines = async () => (await Deno.readTextFile(`${folder}/all.ndjson`).catch(() => "")).split("\n").length - 1;
    await until(async () => await lines() === 3, running.log);
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);

    await sendTicks(broker, topic, oneEach(2, start + 1_000));
    const again = await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    expect(again.log()).toContain("running those that were in force before");
    expect(await lines()).toBe(5);
    await deployment.remove();
  },
});
