/** Routes under kill -9: however often a process is killed, every alert is in one notice, and no notice counts one twice. */
import { expect } from "expect";
import type { Alert } from "../../engine/model/alert.ts";
import { generatePayments } from "./payments.ts";
import { runVigie, startVigie, until } from "./process.ts";

const root = new URL("../..", import.meta.url).pathname;

const deployment = `
source: { files: { payments: payments.ndjson } }
packs: ${root}rules/payments
contracts: ${root}contracts
store: { sqlite: state.db }
checkpoint: { every: 50ms }
sinks:
  alerts_fraud_payments: { file: { path: own.ndjson } }
  alerts_psp_payments: { file: { path: psp.ndjson } }
  payment_stats: { file: { path: stats.ndjson } }
  archive: { file: { path: archive.ndjson } }
  pager: { file: { path: pager.ndjson } }
  team: { file: { path: team.ndjson } }
always: [archive]
routes:
  - { match: alert.severity == "critical", sinks: [pager], continue: true }
  - { sinks: [team], group_by: [alert.rule], first_notice_after: 300ms, update_at_most_every: 500ms }
`;

/** What a file has, by id: a second send counts once. The last line may be cut off. */
async function told(path: string): Promise<Map<string, Alert>> {
  const text = await Deno.readTextFile(path).catch(() => "");
  const lines = text.split("\n").slice(0, -1);
  return new Map(lines.map((line): [string, Alert] => {
    const alert: Alert = JSON.parse(line);
    return [alert.id, alert];
  }));
}

Deno.test({
  name: "a process that is killed again and again tells people of every alert, and of none twice",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "vigie-routes-" });
    await Deno.writeTextFile(`${folder}/vigie.yaml`, deployment);
    const decoder = new TextDecoder();
    const lines = generatePayments(60_000, 1).map(({ value }) => decoder.decode(value ?? new Uint8Array()));
    await Deno.writeTextFile(`${folder}/payments.ndjson`, `${lines.join("\n")}\n`);
    for (let life = 0; life < 3; life++) {
      const before = (await told(`${folder}/archive.ndjson`)).size;
      const running = startVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
      let isOver = false;
      void running.ended.then(() => isOver = true);
      const went = async () => isOver || (await told(`${folder}/archive.ndjson`)).size > before + 20;
      await until(went, () => running.log());
      if (!isOver) running.kill("SIGKILL");
      await running.ended;
    }
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const [alerts, pages, notices] = await Promise.all(
      ["archive", "pager", "team"].map((name) => told(`${folder}/${name}.ndjson`)),
    );
    const critical = [...alerts!.values()].filter(({ severity }) => severity === "critical");
    expect([...pages!.keys()].sort()).toEqual(critical.map(({ id }) => id).sort());
    const counted = [...notices!.values()].map(({ kind, values }) => kind === "notice" ? Number(values.alerts) : 1);
    expect(alerts!.size).toBeGreaterThan(100);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(alerts!.size);
    await Deno.remove(folder, { recursive: true });
  },
});
