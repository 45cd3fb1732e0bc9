/** Every aggregate against its naive meaning, and the laws that windows, buckets and checkpoints rely on. */
import { expect } from "expect";
import fc from "fast-check";
import { nearestDouble, rootTo12Digits, sampleVariance, sumOf } from "../../tests/reference/exact.ts";
import { comparePlaces, type Place } from "../model/event.ts";
import type { Value } from "../model/value.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { aggregates } from "./mod.ts";

interface Occurrence {
  readonly place: Place;
  readonly value: Value;
}

type Naive = (occurrences: readonly Occurrence[], deciding?: Place) => Value | undefined;

const numbersOf = (all: readonly Occurrence[]) => all.map(({ value }) => Number(value));
const inOrder = (all: readonly Occurrence[]) => all.toSorted((a, b) => comparePlaces(a.place, b.place));
const sumUp = (all: readonly Occurrence[]) => nearestDouble(sumOf(numbersOf(all)));
const sorted = (all: readonly Occurrence[]) => numbersOf(all).sort((a, b) => a - b);

/** Each computes from all occurrences what the fold computes from a state. */
const naive: Record<keyof typeof aggregates, Naive> = {
  count: (all) => all.filter(({ value }) => value === true).length,
  sum: sumUp,
  avg: (all) => all.length === 0 ? undefined : sumUp(all) / all.length,
  min: (all) => sorted(all)[0],
  max: (all) => sorted(all).at(-1),
  stddev(all) {
    const variance = sampleVariance(numbersOf(all));
    return variance === undefined ? undefined : rootTo12Digits(variance);
  },
  first: (all) => inOrder(all)[0]?.value,
  last: (all) => inOrder(all).at(-1)?.value,
  previous(all, deciding) {
    const self = deciding ?? inOrder(all).at(-1)?.place;
    return inOrder(all.filter(({ place }) => place !== self)).at(-1)?.value;
  },
  distinct: (all) => new Set(all.map(({ value }) => JSON.stringify(value))).size || undefined,
  percentile: (all) => sorted(all)[Math.ceil(all.length * 9 / 10) - 1],
  rate: (all) => all.length === 0 ? undefined : all.filter(({ value }) => value === true).length / all.length,
  top(all) {
    const values = all.flatMap(({ value }) => Array.isArray(value) ? value : [value]);
    const counted = [...new Set(values)].map((value) => ({ value, count: values.filter((v) => v === value).length }));
    counted.sort((a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)));
    return counted.length === 0 ? undefined : counted.slice(0, 3);
  },
};

const constants: Record<string, readonly Value[]> = { percentile: [90], top: [3] };

const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
  fc.double({ min: -1e12, max: 1e12, noNaN: true }).filter((value) => Math.abs(value) > 1e-6),
);
const word = fc.constantFrom("a", "b", "c", "d", "e");
const boolean = fc.boolean();

function valuesFor(name: string): fc.Arbitrary<Value> {
  if (name === "count") return boolean;
  if (name === "rate") return fc.oneof(boolean, fc.constant(null));
  if (name === "top") return fc.oneof(word, fc.array(word, { maxLength: 3 }));
  if (["first", "last", "previous", "distinct"].includes(name)) return fc.oneof(number, word, fc.array(word));
  return number;
}

/** Events with equal times and of several partitions, each at a place of its own. */
function occurrencesFor(name: string): fc.Arbitrary<Occurrence[]> {
  const one = fc.record({ time: fc.nat(20), partition: fc.nat(2), value: valuesFor(name) });
  return fc.array(one, { maxLength: 40 }).map((all) =>
    all.map(({ time, partition, value }, offset) => ({
      place: { stream: partition === 2 ? "orders" : "payments", topic: "t", partition, offset, time },
      value: Object.is(value, -0) ? 0 : value,
    }))
  );
}

function foldUp(fold: Fold<unknown>, all: readonly Occurrence[]): unknown {
  return all.reduce((state, { value, place }) => fold.add(state, value, place), fold.empty());
}

/** Merges parts two by two, in an order that the seed chooses. */
function mergeTree(fold: Fold<unknown>, parts: readonly unknown[], seed: number): unknown {
  const [one, other, ...rest] = parts;
  if (one === undefined) return fold.empty();
  if (parts.length === 1) return one;
  return mergeTree(fold, seed % 2 ? [...rest, fold.merge(one, other)] : [fold.merge(other, one), ...rest], seed >> 1);
}

const saved = (fold: Fold<unknown>, state: unknown) =>
  JSON.stringify(fold.save === undefined ? state : fold.save(state));
const loaded = (fold: Fold<unknown>, text: string) =>
  fold.load === undefined ? JSON.parse(text) : fold.load(JSON.parse(text));

const all: readonly (readonly [string, Aggregate, Naive])[] = Object.entries(aggregates).map(([name, aggregate]) =>
  [name, aggregate, Object.entries(naive).find(([known]) => known === name)![1]] as const
);

for (const [name, aggregate, meaning] of all) {
  const make = constants[name] ?? [];
  const fold = aggregate.fold(make);
  const sliding = (aggregate.slidingFold ?? aggregate.fold)(make);

  Deno.test(`${name} means what its naive evaluation gives, at any time and for any deciding event`, () => {
    fc.assert(
      fc.property(occurrencesFor(name), fc.nat(), (occurrences, pick) => {
        const deciding = occurrences[pick % Math.max(1, occurrences.length)]?.place;
        for (const one of [fold, sliding]) {
          const state = foldUp(one, occurrences);
          expect(one.result(state, undefined)).toEqual(meaning(occurrences));
          expect(one.result(state, deciding)).toEqual(meaning(occurrences, deciding));
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  Deno.test(`${name} gives the same for any order and any tree of merges`, () => {
    fc.assert(
      fc.property(occurrencesFor(name), fc.infiniteStream(fc.nat(5)), fc.nat(), (occurrences, parts, seed) => {
        const part = occurrences.map(() => parts.next().value);
        for (const one of [fold, sliding]) {
          const states = [0, 1, 2, 3, 4, 5].map((own) => foldUp(one, occurrences.filter((_, i) => part[i] === own)));
          const merged = mergeTree(one, [one.empty(), ...states], seed);
          expect(one.result(merged, undefined)).toEqual(meaning(occurrences));
          expect(one.result(foldUp(one, occurrences.toReversed()), undefined)).toEqual(meaning(occurrences));
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  Deno.test(`${name} shares nothing between states: what is merged or read stays as it was`, () => {
    fc.assert(
      fc.property(occurrencesFor(name), occurrencesFor(name), (occurrences, more) => {
        const one = foldUp(fold, occurrences);
        const before = saved(fold, one);
        const result = fold.result(one, undefined);
        const shown = JSON.stringify(result);
        let merged = fold.merge(fold.empty(), one);
        for (const { value, place } of more) {
          merged = fold.add(merged, value, { ...place, offset: place.offset + 1_000 });
        }
        expect(saved(fold, one)).toBe(before);
        for (const { value, place } of more) fold.add(one, value, place);
        expect(JSON.stringify(result)).toBe(shown);
      }),
      { seed: 15, numRuns: 100 },
    );
  });

  Deno.test(`${name} is the same after its state was saved as JSON and loaded`, () => {
    fc.assert(
      fc.property(occurrencesFor(name), fc.nat(40), (occurrences, cut) => {
        const state = loaded(fold, saved(fold, foldUp(fold, occurrences.slice(0, cut))));
        const rest = occurrences.slice(cut).reduce((kept, { value, place }) => fold.add(kept, value, place), state);
        expect(fold.result(rest, undefined)).toEqual(meaning(occurrences));
      }),
      { seed: 13, numRuns: 200 },
    );
  });

  Deno.test(`${name} forgets what left a sliding window, oldest first, as if it had never come`, () => {
    fc.assert(
      fc.property(occurrencesFor(name), fc.nat(10), (occurrences, size) => {
        let state = sliding.empty();
        let inside: Occurrence[] = [];
        let newest = -Infinity;
        for (const occurrence of occurrences) {
          newest = Math.max(newest, occurrence.place.time);
          state = sliding.add(state, occurrence.value, occurrence.place);
          inside.push(occurrence);
          for (const old of inOrder(inside).filter(({ place }) => place.time <= newest - size)) {
            expect(sliding.remove).toBeDefined();
            state = sliding.remove?.(state, old.value, old.place);
          }
          inside = inside.filter(({ place }) => place.time > newest - size);
          expect(sliding.result(state, undefined)).toEqual(meaning(inside));
          expect(sliding.result(state, occurrence.place)).toEqual(meaning(inside, occurrence.place));
        }
      }),
      { seed: 14, numRuns: 200 },
    );
  });

  Deno.test(`${name} gives the result of its example`, () => {
    const [, ...rest] = /\((.*)\)$/.exec(aggregate.example.call)?.[1]?.split(",") ?? [];
    const shown = aggregate.fold(rest.map((constant) => JSON.parse(constant)));
    const occurrences = aggregate.example.values.map((value, offset) => ({
      value,
      place: { stream: "s", topic: "t", partition: 0, offset, time: offset },
    })).filter(({ value }) => value !== null || aggregate.countsMissing === true);
    expect(aggregate.name).toBe(name);
    expect(shown.result(foldUp(shown, occurrences), undefined)).toEqual(aggregate.example.result);
    expect(aggregate.total).toBe(shown.result(shown.empty(), undefined) !== undefined);
  });
}
