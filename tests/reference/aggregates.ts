/**
 * Aggregates, naively: each is given all events of the window and computes its value from nothing (semantics 15).
 * An expression is a function that gives undefined where the expression has no value.
 */
import type { Value } from "../../engine/model/value.ts";
import { nearestDouble, rootTo12Digits, sampleVariance, sumOf } from "./exact.ts";
import { byTime, type LogEvent, newestOf } from "./log.ts";

/** Values of a rule's aggregates by name; undefined where one has no value. */
export type Values = { readonly [name: string]: Value | undefined };

export type Reader = (event: LogEvent) => Value | undefined;

/**
 * `deciding` is the event being judged; undefined when a window closes. `above` holds the aggregates written before.
 */
export type Aggregate = (
  events: readonly LogEvent[],
  deciding: LogEvent | undefined,
  above: Values,
) => Value | undefined;

/** Values of an expression, events without a value left out. */
function valuesOf(events: readonly LogEvent[], of: Reader): readonly Value[] {
  return events.map(of).filter((value) => value !== undefined);
}

function numbersOf(events: readonly LogEvent[], of: Reader): readonly number[] {
  return valuesOf(events, of).filter((value) => typeof value === "number");
}

export function count(condition?: Reader): Aggregate {
  return (events) => events.filter((event) => condition === undefined || condition(event) === true).length;
}

export function sum(of: Reader): Aggregate {
  return (events) => nearestDouble(sumOf(numbersOf(events, of)));
}

export function avg(of: Reader): Aggregate {
  return (events) => {
    const numbers = numbersOf(events, of);
    return numbers.length === 0 ? undefined : nearestDouble(sumOf(numbers)) / numbers.length;
  };
}

export function min(of: Reader): Aggregate {
  return (events) => numbersOf(events, of).toSorted((a, b) => a - b)[0];
}

export function max(of: Reader): Aggregate {
  return (events) => numbersOf(events, of).toSorted((a, b) => b - a)[0];
}

/** Sample standard deviation; of a single value there is none (n - 1 is 0, and division by zero has no value). */
export function stddev(of: Reader): Aggregate {
  return (events) => {
    const variance = sampleVariance(numbersOf(events, of));
    return variance === undefined ? undefined : rootTo12Digits(variance);
  };
}

export function first(of: Reader): Aggregate {
  return (events) => events.toSorted(byTime).map(of).find((value) => value !== undefined);
}

export function last(of: Reader): Aggregate {
  return (events) => events.toSorted(byTime).map(of).findLast((value) => value !== undefined);
}

/** The value at the newest other event: other than the one being judged, or than the newest when a window closes. */
export function previous(of: Reader): Aggregate {
  return (events, deciding) => {
    const self = deciding ?? newestOf(events);
    return last(of)(events.filter((event) => event !== self), deciding, {});
  };
}

/** Of nothing there is no value: only sums and counts of nothing are 0. */
export function distinct(of: Reader): Aggregate {
  return (events) => new Set(valuesOf(events, of).map((value) => JSON.stringify(value))).size || undefined;
}

/** Nearest rank: the value at place ceil(p / 100 · n) of the sorted values, counted from 1. */
export function percentile(of: Reader, p: number): Aggregate {
  return (events) => {
    const sorted = numbersOf(events, of).toSorted((a, b) => a - b);
    return sorted[Math.max(1, Math.ceil(p / 100 * sorted.length)) - 1];
  };
}

/** Every event counts in the denominator, also one for which the condition has no value. */
export function rate(condition: Reader): Aggregate {
  return (events) =>
    events.length === 0 ? undefined : events.filter((e) => condition(e) === true).length / events.length;
}

/** By count downwards, then value upwards; a list counts each of its elements. */
export function top(of: Reader, n: number): Aggregate {
  return (events) => {
    const values = valuesOf(events, of).flatMap((value) => Array.isArray(value) ? value : [value]);
    if (values.length === 0) return undefined;
    const counted = [...new Set(values)].map((value) => ({ value, count: values.filter((v) => v === value).length }));
    return counted.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, n);
  };
}

/** An aggregate computed from those above it: `failed / total`. */
export function computed(from: (above: Values) => Value | undefined): Aggregate {
  return (_events, _deciding, above) => from(above);
}

/** Every aggregate of a rule, in its order. */
export function aggregate(
  aggregates: readonly (readonly [string, Aggregate])[],
  events: readonly LogEvent[],
  deciding: LogEvent | undefined,
): Values {
  const values: Record<string, Value | undefined> = {};
  for (const [name, of] of aggregates) values[name] = of(events, deciding, values);
  return values;
}
