/** What `vigie replay` says of the same messages: the alerts that a run must give, whatever happens to it. */
import { runVigie } from "../run/process.ts";
import type { RawMessage } from "../../engine/runtime/ports.ts";

/** An alert, as far as tests of delivery look at it. */
export interface SaidAlert {
  readonly id: string;
  readonly rule: string;
  readonly fingerprint: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly evidence: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
  readonly text: string;
  /** Bytes of its text. */
  readonly size: number;
}

/** Every alert of a replay by the folder's packs and contracts, in the order in which it raises them. */
export async function replayed(
  folder: string,
  topic: string,
  messages: readonly RawMessage[],
): Promise<readonly SaidAlert[]> {
  const [events, alerts] = [`${folder}/recorded.ndjson`, `${folder}/replayed.ndjson`];
  await Deno.writeTextFile(events, messages.map((message) => `${recorded(topic, message)}\n`).join(""));
  const files = ["--events", `payments=${events}`, "--alerts", alerts];
  await runVigie(["replay", "--config", "vigie.yaml", "--privacy", ...files], folder);
  const said: SaidAlert[] = [];
  for (const line of (await Deno.readTextFile(alerts)).split("\n")) {
    if (line !== "") said.push({ ...JSON.parse(line), text: line, size: new TextEncoder().encode(line).length });
  }
  return said;
}

/** An event with its place, as `vigie record` writes it. */
function recorded(topic: string, { partition, offset, timestamp, value }: RawMessage): string {
  const text = new TextDecoder().decode(value ?? new Uint8Array());
  const place = { _topic: topic, _partition: partition, _offset: offset, _timestamp: timestamp };
  return `${text.slice(0, text.lastIndexOf("}"))},${JSON.stringify(place).slice(1)}`;
}
