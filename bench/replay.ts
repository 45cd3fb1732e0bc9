/**
 * `vigie replay` of generated payments: events a second, and as a ratio to JSON.parse of the same lines in this process.
 * `deno run -A bench/replay.ts`
 */
import { join } from "node:path";

const count = 300_000;
const folder = await Deno.makeTempDir({ prefix: "vigie-bench-" });
const events = join(folder, "payments.ndjson");

async function vigie(...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", "main.ts", ...args] }).output();
  return new TextDecoder().decode(stdout);
}

await vigie("generate", "payments", "--count", String(count), "--rate", "200", "--out", events);
const lines = (await Deno.readTextFile(events)).trimEnd().split("\n");
const begin = performance.now();
for (const line of lines) JSON.parse(line);
const parsed = lines.length / ((performance.now() - begin) / 1000);
console.log(`JSON.parse of ${lines.length} payments: ${Math.round(parsed).toLocaleString("en")} a second`);
for (const rules of [["rules/payments"], ["rules/payments", "rules/fraud/advanced.yaml"]]) {
  const paths = rules.flatMap((path) => ["--rules", path]);
  const out = join(folder, "alerts.ndjson");
  const started = performance.now();
  await vigie("replay", ...paths, "--events", `payments=${events}`, "--alerts", out);
  const rate = lines.length / ((performance.now() - started) / 1000);
  const ratio = (rate / parsed).toFixed(2);
  console.log(
    `replay with ${rules.join(" and ")}: ${Math.round(rate).toLocaleString("en")} events/s, ${ratio} of JSON.parse`,
  );
}
await Deno.remove(folder, { recursive: true });
