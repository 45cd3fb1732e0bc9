/**
 * Doubles as text for saved states: eight bytes each in base64, which is less than the seventeen digits that a double
 * needs in JSON, and comes back to the bit.
 */

/** The bytes of doubles, lowest first on every machine. */
export function packDoubles(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 8));
  numbers.forEach((number, i) => view.setFloat64(i * 8, number, true));
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}

export function unpackDoubles(text: string): number[] {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}

/** Whole numbers as the first of them and the distance of each from the one before it. */
export function distancesOf(numbers: readonly number[]): number[] {
  return numbers.map((number, i) => number - (numbers[i - 1] ?? 0));
}

export function fromDistances(distances: readonly number[]): number[] {
  let number = 0;
  return distances.map((distance) => number += distance);
}
