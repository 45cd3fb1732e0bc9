/** A progress bar with rate and time left, on terminals and only for what takes longer than a second. */
import { monotonic } from "../../engine/adapters/clock.ts";
import type { Terminal } from "../command.ts";
import { grouped } from "./table.ts";

export interface Progress {
  /** Tells how much is done: a share from 0 to 1 (0 where unknown), and how many of `noun`. */
  readonly show: (share: number, count: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const silentMillis = 1_000;
const refreshMillis = 100;
const barWidth = 24;

/** A bar that counts `noun`; nothing is shown where standard output is no terminal. */
export function createProgress(noun: string, terminal: Terminal): Progress {
  if (!terminal.isTerminal) return { show: () => {}, end: () => {} };
  const begin = monotonic();
  let last = begin;
  let visible = false;
  return {
    show(share, count) {
      const time = monotonic();
      if (time - begin < silentMillis || time - last < refreshMillis) return;
      last = time;
      visible = true;
      terminal.err(`\r${describe(share, count, time - begin, noun).slice(0, terminal.columns - 1)}\x1b[K`);
    },
    end() {
      if (visible) terminal.err("\r\x1b[K");
    },
  };
}

function describe(share: number, count: number, millis: number, noun: string): string {
  const rate = `${grouped(count)} ${noun}, ${grouped(Math.round(count / (millis / 1000)))}/s`;
  if (share <= 0) return rate;
  const full = Math.round(Math.min(1, share) * barWidth);
  const bar = "█".repeat(full) + "░".repeat(barWidth - full);
  const left = Math.max(0, Math.ceil((millis / share - millis) / 1000));
  return `${bar} ${Math.floor(Math.min(1, share) * 100)} %  ${rate}, ${left} s left`;
}
