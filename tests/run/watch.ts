/** What is seen of a running `vigie run` from outside: its status, its memory, and how long things take. */
import type { RunningVigie } from "./process.ts";

/** What benches read of `/v1/status`. */
export interface Seen {
  readonly events: number;
  /** Alerts and records that wait for a sink. */
  readonly waiting: number;
  readonly delivered: number;
  readonly checkpoint: number;
  readonly keys: number;
  readonly lag: number;
}

interface Status {
  readonly checkpoint: number;
  readonly keys: number;
  readonly partitions: readonly { readonly events: number; readonly lag: number }[];
  readonly sinks: readonly { readonly waiting: number; readonly delivered: number }[];
}

/** The status now; undefined while the server does not answer. */
export async function look(server: string): Promise<Seen | undefined> {
  try {
    const response = await fetch(`${server}/v1/status`, { signal: AbortSignal.timeout(2_000) });
    const { checkpoint, keys, partitions, sinks }: Status = await response.json();
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    return {
      ...{ checkpoint, keys },
      events: sum(partitions.map(({ events }) => events)),
      lag: sum(partitions.map(({ lag }) => lag)),
      waiting: sum(sinks.map(({ waiting }) => waiting)),
      delivered: sum(sinks.map(({ delivered }) => delivered)),
    };
  } catch {
    return undefined;
  }
}

/** Waits until the status is as wanted; rejects with the log when the process ends first, or `seconds` are over. */
export async function seen(
  { server }: { readonly server: string },
  running: RunningVigie,
  isWanted: (status: Seen) => boolean,
  { every = 100, seconds = 240 } = {},
): Promise<Seen> {
  let ended = false;
  void running.ended.then(() => ended = true);
  let last: Seen | undefined;
  for (const end = performance.now() + seconds * 1_000; performance.now() < end && !ended;) {
    last = await look(server) ?? last;
    if (last !== undefined && isWanted(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  throw new Error(`waited in vain: ${JSON.stringify(last)}\n${running.output()}${running.log()}`);
}

/** Resident memory of a process in MiB: now, and the most that it ever was. */
export async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  const read = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) / 1_024);
  return { now: read("VmRSS"), peak: read("VmHWM") };
}

/** Seconds since a moment of `performance.now()`, for people. */
export function seconds(since: number, until = performance.now()): string {
  return ((until - since) / 1_000).toFixed(2);
}
