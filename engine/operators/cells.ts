/**
 * Counts of values in cells whose width is a power of two: what a robust baseline keeps of one bucket. Values stay as they
 * are up to `cellsMax` different ones; then they are cut to the narrowest cells of which no more than these are needed.
 * Cells of one width nest in those of the next, so the width and the counts depend on the values alone, not on their order.
 * A value is known to half a cell, and a cell is narrower than 2 / (cellsMax − 1) of the range of the values.
 */

/** Different values that are kept exactly; cells beyond. */
export const cellsMax = 64;

/** Cells so narrow that each double begins one, and so wide that four of them hold every double. */
const narrow = -1_075;
const widest = 1_023;

/** JSON. */
export interface Cells {
  /** Cells are 2^scale wide; null while the values stand for themselves. */
  scale: number | null;
  /** Values, or where cells begin, ascending; and how many values each holds. */
  starts: number[];
  counts: number[];
}

export function emptyCells(): Cells {
  return { scale: null, starts: [], counts: [] };
}

/** Adds a value. */
export function addToCells(cells: Cells, value: number): void {
  countIn(cells, startOf(cells.scale, value), 1);
  if (cells.starts.length > cellsMax) coarsen(cells);
}

/** True when one more value would change how the values before it are cut. */
export function wouldCoarsen(cells: Cells, value: number): boolean {
  if (cells.starts.length < cellsMax) return false;
  const start = startOf(cells.scale, value);
  return cells.starts[positionOf(cells.starts, start)] !== start;
}

/** What stands for a value: itself, or the middle of its cell. */
export function shownAs(cells: Cells, value: number): number {
  return middleOf(cells.scale, startOf(cells.scale, value));
}

/** Calls `take` with what stands for the values of each cell, and how many they are. */
export function eachCell(cells: Cells, take: (value: number, count: number) => void): void {
  for (let i = 0; i < cells.starts.length; i++) take(middleOf(cells.scale, cells.starts[i]!), cells.counts[i]!);
}

function countIn(cells: Cells, start: number, count: number): void {
  const at = positionOf(cells.starts, start);
  if (cells.starts[at] === start) {
    cells.counts[at]! += count;
    return;
  }
  cells.starts.splice(at, 0, start);
  cells.counts.splice(at, 0, count);
}

/** Position of the first start that is not below the one given. */
function positionOf(starts: readonly number[], start: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Widens the cells as little as is needed to have no more than `cellsMax` of them. */
function coarsen(cells: Cells): void {
  const { starts, counts } = cells;
  const scale = narrowest(starts, cells.scale ?? narrow);
  cells.scale = scale;
  cells.starts = [];
  cells.counts = [];
  for (let i = 0; i < starts.length; i++) countIn(cells, startOf(scale, starts[i]!), counts[i]!);
}

/** The least scale above one that is too narrow; found by halving, because wider cells are never more. */
function narrowest(starts: readonly number[], tooNarrow: number): number {
  let low = tooNarrow;
  let high = widest;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (cellsAt(starts, middle) > cellsMax) low = middle;
    else high = middle;
  }
  return high;
}

function cellsAt(starts: readonly number[], scale: number): number {
  let cells = 0;
  let last = NaN;
  for (const start of starts) {
    const wider = startOf(scale, start);
    if (wider !== last) cells++;
    last = wider;
  }
  return cells;
}

/** Where the cell of a value begins. A value whose last digit weighs more than a cell begins one itself. */
function startOf(scale: number | null, value: number): number {
  if (scale === null) return value + 0;
  const width = 2 ** scale;
  // A quotient too small for a double still tells on which side of zero the value lies.
  const cell = value / width || Math.min(value, 0);
  return Math.abs(cell) < 2 ** 53 ? Math.floor(cell) * width + 0 : value;
}

function middleOf(scale: number | null, start: number): number {
  return scale === null ? start : start + 2 ** (scale - 1);
}
