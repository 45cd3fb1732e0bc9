/**
 * What `evaluate: event_time` keeps for a key, and how it is saved: held events in parts of one second (w), the parts of
 * the operator behind (i), and a head with the time at which that one wants to be woken.
 */
import type { Event } from "../model/event.ts";
import type { Scope } from "../model/scope.ts";
import type { StateCodec } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";

/** An event that waits, the rule's input that admitted it, and the rows of lookups as it found them. */
export interface Held {
  readonly event: Event;
  readonly input: number;
  readonly lookup: Scope["lookup"];
}

export interface HeldState {
  /** By time, ties by place. */
  readonly waiting: Held[];
  /** When the operator behind wants to be woken; Infinity when it does not. */
  due: Millis;
  inner: unknown;
  /** The operator behind has let go of its state since the last save: none of its parts holds. */
  renewed: boolean;
  /** Times of events that came or went since the last save. */
  readonly changed: Set<Millis>;
  /** Names of its saved parts. */
  readonly parts: Set<string>;
}

/** Nothing held. */
export function noHeld(): HeldState {
  return { waiting: [], due: Infinity, inner: undefined, renewed: false, changed: new Set(), parts: new Set() };
}

const second: Millis = 1_000;

function chunkOf(time: Millis): number {
  return Math.floor(time / second);
}

/** The codec around that of the operator behind. */
export function heldCodec(inner: StateCodec<unknown> | undefined): StateCodec<HeldState> {
  return {
    save(state, all, write) {
      write("", JSON.stringify({ due: state.due }));
      saveWaiting(state, all, write);
      if (state.renewed) {
        for (const part of state.parts) write(`i${part}`, undefined);
        state.parts.clear();
      }
      if (state.inner !== undefined) {
        inner?.save(state.inner, all || state.renewed, (part, text) => {
          if (text === undefined) state.parts.delete(part);
          else state.parts.add(part);
          write(`i${part}`, text);
        });
      }
      state.renewed = false;
    },
    load(parts) {
      const head: { due: Millis | null } = JSON.parse(parts.get("") ?? '{"due":null}');
      const named = (prefix: string) => [...parts].filter(([part]) => part.startsWith(prefix));
      const own = new Map(named("i").map(([part, text]) => [part.slice(1), text]));
      const chunks = named("w").sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
      return {
        ...noHeld(),
        waiting: chunks.flatMap(([, text]) => loadChunk(text)),
        due: head.due ?? Infinity,
        inner: own.size === 0 ? undefined : inner?.load(own),
        parts: new Set(own.keys()),
      };
    },
  };
}

function saveWaiting(state: HeldState, all: boolean, write: (part: string, text: string | undefined) => void): void {
  const times = all ? [...state.changed, ...state.waiting.map(({ event }) => event.place.time)] : [...state.changed];
  for (const chunk of new Set(times.map(chunkOf))) {
    const held = state.waiting.filter(({ event }) => chunkOf(event.place.time) === chunk);
    write(`w${chunk}`, held.length === 0 ? undefined : JSON.stringify(held));
  }
  state.changed.clear();
}

/** JSON has no Infinity: the watermark before a partition's first event is written as null. */
function loadChunk(text: string): Held[] {
  const saved: (Omit<Held, "event"> & { event: Omit<Event, "watermark"> & { watermark: Millis | null } })[] = JSON
    .parse(text);
  return saved.map(({ event, ...held }) => ({
    ...held,
    event: { ...event, change: event.change, watermark: event.watermark ?? -Infinity },
  }));
}
