/**
 * The quiet monitor that `vigie new monitor` writes, over 58 series of 6,300 readings, one every five minutes: seconds of
 * a whole replay (aim: under 10), its alerts, and JSON.parse of the same lines. Alone: `deno run -A bench/monitor.ts`.
 */
import { join } from "node:path";

const series = 58;
const readings = 6_300;
const every = 300_000;
const start = Date.parse("2026-01-05T00:00:00Z");

/** A number in [0, 1) that an index fixes. */
function chance(index: number): number {
  const mixed = Math.imul(index ^ (index >>> 15), 2_654_435_761);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

/** A day's wave, noise, and every two thousandth reading a spike. */
function readingAt(sensor: number, index: number): number {
  const number = sensor * readings + index;
  const wave = 20 + sensor + 10 * Math.sin((index * every * 2 * Math.PI) / 86_400_000);
  const noise = 4 * (chance(number * 3) + chance(number * 3 + 1) - 1);
  return Math.round((wave + noise + (chance(number * 3 + 2) < 1 / 2_000 ? 40 : 0)) * 100) / 100;
}

function* lines(): Iterable<string> {
  for (let index = 0; index < readings; index++) {
    for (let sensor = 0; sensor < series; sensor++) {
      const event = {
        sensor_id: `sensor-${sensor}`,
        machine_id: `machine-${sensor % 10}`,
        factory: "lyon",
        type: "temperature",
        value: readingAt(sensor, index),
        ts: start + index * every + sensor,
      };
      yield `${JSON.stringify(event)}\n`;
    }
  }
}

async function vigie(...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "main.ts", ...args] });
  const { code, stdout, stderr } = await command.output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const folder = await Deno.makeTempDir({ prefix: "vigie-bench-" });
const events = join(folder, "readings.ndjson");
const rules = join(folder, "rules");
const alerts = join(folder, "alerts.ndjson");
const text = [...lines()];
await Deno.writeTextFile(events, text.join(""));
await vigie(
  "new",
  "monitor",
  "bench",
  "--stream",
  "sensor_readings",
  "--key",
  "sensor_id",
  "--value",
  "value",
  "--rules",
  rules,
);

const parsing = performance.now();
for (const line of text) JSON.parse(line);
const parsed = (performance.now() - parsing) / 1000;
const begin = performance.now();
await vigie("replay", "--rules", rules, "--events", `sensor_readings=${events}`, "--alerts", alerts);
const seconds = (performance.now() - begin) / 1000;
const spoken = (await Deno.readTextFile(alerts)).split("\n").length - 1;
const rate = Math.round(text.length / seconds).toLocaleString("en");
console.log(
  `${text.length.toLocaleString("en")} readings of ${series} series: ${seconds.toFixed(1)} s, ${rate} events/s, ` +
    `${spoken} alerts; JSON.parse alone ${parsed.toFixed(1)} s`,
);
await Deno.remove(folder, { recursive: true });
