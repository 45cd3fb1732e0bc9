/**
 * `deno task bench`: every bench, one after the other, each in a process of its own so that none warms or tires another.
 * Figures are ratios to a baseline of the same run, or counts; README.md keeps them with their date.
 */

const benches = [
  "conditions",
  "decode",
  "check",
  "generate",
  "replay",
  "monitor",
  "state",
  "checkpoint",
  "run",
  "stores",
  "latency",
  "idle",
  "hot_key",
  "takeover",
  "reload",
  "sink_down",
  "closing",
] as const;

for (const name of benches) {
  console.log(`\n== ${name}`);
  const file = new URL(`./${name}.ts`, import.meta.url).pathname;
  const { code } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", file] }).spawn().status;
  if (code !== 0) Deno.exit(code);
}
