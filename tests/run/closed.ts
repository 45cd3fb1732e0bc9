/** Windows of an hour that close, each as a record in a file: what tests and benches of many windows share. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { start } from "./ticks.ts";

/** How long the windows are, in milliseconds. */
export const hour = 3_600_000;

/** One record a key and hour; the sink is `closed`. */
export const hourly = `pack: ticks
rules:
  - id: hourly
    title: Ticks an hour
    kind: rollup
    on: ticks
    key: tick.k
    window: { tumbling: 1h }
    aggregate: { ticks: count(), sum: sum(tick.x) }
    emit_to: closed
`;

/** What the sink has of the first hour. */
export interface Closed {
  readonly lines: number;
  readonly windows: number;
  /** Windows of which it has two different records, or a wrong one: each key has one tick, with the value of its name. */
  readonly wrong: number;
}

/** Reads the file of the sink. */
export async function readClosed(path: string): Promise<Closed> {
  const windows = new Map<string, string>();
  const wrong = new Set<string>();
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { id, key, values, window } = JSON.parse(line);
    if (Date.parse(window.start) !== start) continue;
    lines++;
    const known = windows.get(key.k);
    if (values.ticks !== 1 || values.sum !== Number(key.k.slice(1)) % 100) wrong.add(key.k);
    if (known !== undefined && known !== id) wrong.add(key.k);
    windows.set(key.k, id);
  }
  return { lines, windows: windows.size, wrong: wrong.size };
}
