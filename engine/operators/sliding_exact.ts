/**
 * The events of (newest − size, newest]. They lie in chunks of a thirty-second of the window, which are the parts of the
 * saved state; running accumulators take an event in when it comes and out when the edge passes it, so that an event
 * costs the same in a window of ten and of a hundred thousand.
 */
import { evidenceLimit } from "../model/alert.ts";
import { comparePlaces, type Place } from "../model/event.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import type { Accumulators, Measures } from "./measures.ts";
import type { SlidingStore } from "./sliding_store.ts";

/** Chunks that a window is cut into. */
const chunksPerWindow = 32;

interface Entry {
  readonly place: Place;
  /** What the event gives to each leaf; null where it gives nothing. */
  readonly values: readonly Value[];
}

/** Entries of one stretch of time, ordered by place; those before `from` have left the window. */
interface Chunk {
  readonly index: number;
  readonly entries: Entry[];
  from: number;
  changed: boolean;
  /** It was written once: when it goes, its part must go too. */
  saved: boolean;
}

/** Most keys see one event and no more, so a window's first event lies alone, without chunks and accumulators. */
interface Content {
  only: Entry | undefined;
  /** The lone event was written: its chunk, should it get one, is what the store has. */
  onlySaved: boolean;
  chunks: Chunk[] | undefined;
  count: number;
  /** Accumulators of everything in the chunks; rebuilt on load. */
  total: Accumulators | undefined;
  gone: number[] | undefined;
}

/** A store that keeps events: exact edges. */
export function exactStore(size: Millis, measures: Measures): SlidingStore<Content> {
  const width = Math.max(1, Math.ceil(size / chunksPerWindow));
  /** Accumulators of what a window holds; those of a single event are not kept. */
  const totalOf = ({ only, total = measures.empty() }: Content): Accumulators => {
    if (only !== undefined) measures.addValues(total, only.values, only.place);
    return total;
  };
  /** Gives the first event its chunk, once it is not alone any more. */
  const spread = (content: Content): Accumulators => {
    const { only } = content;
    const total = totalOf(content);
    content.total = total;
    content.only = undefined;
    if (only !== undefined) content.chunks = [chunkOf(indexOf(only.place), only, content.onlySaved)];
    return total;
  };
  const indexOf = ({ time }: Place): number => Math.floor(time / width);
  const empty = (): Content => {
    return { only: undefined, onlySaved: false, chunks: undefined, count: 0, total: undefined, gone: undefined };
  };
  return {
    empty,
    enter(content, event, newest, scope) {
      if (event.place.time <= newest - size) return false;
      const entry = { place: event.place, values: measures.valuesOf(scope, event.place.stream) };
      if (content.count === 0 && content.total === undefined) {
        content.only = entry;
        content.count = 1;
        return true;
      }
      const total = spread(content);
      insert(content, indexOf(event.place), entry);
      content.count++;
      measures.addValues(total, entry.values, entry.place);
      evict(content, total, newest - size, measures);
      return true;
    },
    readWith(content, event, scope) {
      const values = measures.valuesOf(scope, event.place.stream);
      const total = totalOf(content);
      measures.addValues(total, values, event.place);
      measures.read(total, event.place, scope);
      measures.removeValues(total, values, event.place);
    },
    read: (content, deciding, scope) => measures.read(totalOf(content), deciding, scope),
    count: (content) => content.count,
    evidence,
    save(content, all, write) {
      const { only } = content;
      if (only === undefined) return save(content, all, write);
      // It stays alone: most keys are saved once and forgotten before a second event comes.
      if (all || !content.onlySaved) write(String(indexOf(only.place)), JSON.stringify([only]));
      content.onlySaved = true;
    },
    load(parts, newest) {
      const content = empty();
      const chunks = Array.from(parts, ([part, text]): Chunk => {
        return { index: Number(part), entries: JSON.parse(text), from: 0, changed: false, saved: true };
      });
      content.chunks = chunks.sort((a, b) => a.index - b.index);
      refold(content, spread(content), newest - size, measures);
      return content;
    },
  };
}

function insert(content: Content, index: number, entry: Entry): void {
  const { chunks } = content;
  if (chunks === undefined) {
    content.chunks = [chunkOf(index, entry, false)];
    return;
  }
  let at = chunks.length;
  while (at > 0 && chunks[at - 1]!.index > index) at--;
  const known = chunks[at - 1];
  if (known?.index === index) insertInto(known, entry);
  else if (at === chunks.length) chunks.push(chunkOf(index, entry, false));
  else chunks.splice(at, 0, chunkOf(index, entry, false));
}

function chunkOf(index: number, entry: Entry, saved: boolean): Chunk {
  return { index, entries: [entry], from: 0, changed: !saved, saved };
}

function insertInto(chunk: Chunk, entry: Entry): void {
  const last = chunk.entries[chunk.entries.length - 1];
  if (last === undefined || comparePlaces(last.place, entry.place) <= 0) chunk.entries.push(entry);
  else chunk.entries.splice(position(chunk, entry.place), 0, entry);
  chunk.changed = true;
}

/** Index of the first entry that comes after a place, by bisection. */
function position(chunk: Chunk, place: Place): number {
  let low = chunk.from;
  let high = chunk.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePlaces(chunk.entries[middle]!.place, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes out every event at or before the edge, oldest first. */
function evict(content: Content, total: Accumulators, edge: Millis, measures: Measures): void {
  const { chunks = none } = content;
  for (let chunk = chunks[0]; chunk !== undefined; chunk = chunks[0]) {
    while (chunk.from < chunk.entries.length) {
      const entry = chunk.entries[chunk.from]!;
      if (entry.place.time > edge) return;
      measures.removeValues(total, entry.values, entry.place);
      content.count--;
      chunk.from++;
    }
    chunks.shift();
    if (chunk.saved) (content.gone ??= []).push(chunk.index);
  }
}

function evidence(content: Content): Place[] {
  const places: Place[] = [];
  const { only, chunks = none } = content;
  if (only !== undefined) return [only.place];
  for (let at = chunks.length - 1; at >= 0 && places.length < evidenceLimit; at--) {
    const { entries, from } = chunks[at]!;
    for (let i = entries.length - 1; i >= from && places.length < evidenceLimit; i--) places.push(entries[i]!.place);
  }
  return places.reverse();
}

function save(content: Content, all: boolean, write: (part: string, text: string | undefined) => void): void {
  for (const index of content.gone ?? []) write(String(index), undefined);
  for (const chunk of content.chunks ?? none) {
    if (!all && !chunk.changed) continue;
    write(String(chunk.index), JSON.stringify(chunk.entries.slice(chunk.from)));
    chunk.changed = false;
    chunk.saved = true;
  }
  content.gone = undefined;
}

const none: Chunk[] = [];

/** Passes over what has left the window since its chunk was written, and folds the rest again. */
function refold(content: Content, total: Accumulators, edge: Millis, measures: Measures): void {
  for (const chunk of content.chunks ?? none) {
    for (const entry of chunk.entries) {
      if (entry.place.time <= edge) chunk.from++;
      else {
        measures.addValues(total, entry.values, entry.place);
        content.count++;
      }
    }
  }
}
