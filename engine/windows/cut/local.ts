/**
 * Windows on the local wall clock. A window is a stretch of the wall clock, and holds the moments at which the clock
 * shows a time in it: none while clocks skip it, and both passes when clocks go back over it. It runs from its first
 * moment to its last, so a window shorter than the repeated hour stays open over what lies between the two passes.
 */
import type { Millis } from "../../model/time.ts";
import type { AlignedWindow } from "../window.ts";
import type { Zone } from "./zone.ts";

/** First moment of a window, and the end of its last. */
interface Edges {
  readonly start: Millis;
  readonly end: Millis;
}

const day: Millis = 86_400_000;
/** Windows whose edges are remembered; more begin anew. */
const edgesMax = 10_000;

/** Windows of `size` whose local times begin at local midnight + offset + k · every. Sizes divide 24 h. */
export function localWindow(zone: Zone, size: Millis, every: Millis, offset: Millis): AlignedWindow {
  const known = new Map<Millis, Edges | undefined>();
  const edgesOf = (label: Millis): Edges | undefined => {
    if (known.has(label)) return known.get(label);
    if (known.size >= edgesMax) known.clear();
    const edges = findEdges(zone, label, label + size);
    known.set(label, edges);
    return edges;
  };
  const labelAt = (time: Millis) => {
    const local = time + zone.offsetAt(time);
    return Math.floor((local - offset) / every) * every + offset;
  };
  return {
    shape: "aligned",
    size,
    every,
    starts(time, into) {
      const local = time + zone.offsetAt(time);
      const newest = labelAt(time);
      const oldest = newest - (Math.ceil((size - (local - newest)) / every) - 1) * every;
      for (let label = oldest; label <= newest; label += every) {
        const start = edgesOf(label)?.start ?? time;
        if (into.at(-1) !== start) into.push(start);
      }
    },
    end: (start) => edgesOf(labelAt(start))?.end ?? start,
    next(start) {
      for (let label = labelAt(start) + every;; label += every) {
        const edges = edgesOf(label);
        if (edges !== undefined && edges.start > start) return edges.start;
      }
    },
  };
}

/** Edges of the moments at which the wall clock shows `from` up to `to`; undefined when it never does. */
function findEdges(zone: Zone, from: Millis, to: Millis): Edges | undefined {
  let start = Infinity;
  let end = -Infinity;
  for (const span of zone.spans(from - day, to + day)) {
    const first = Math.max(span.from, from - span.offset);
    const last = Math.min(span.to, to - span.offset);
    if (first >= last) continue;
    start = Math.min(start, first);
    end = Math.max(end, last);
  }
  return start < end ? { start, end } : undefined;
}
