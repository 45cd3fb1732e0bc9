/**
 * Plants the cases: all of them within ten seconds of the start, so that a demonstration has something to show, and again
 * every hour at a moment of the hour that chance picks. A case whose streams are not all wanted is left out.
 */
import { formatTime, type Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";
import type { Case } from "./cases/case.ts";
import { Chance } from "./chance.ts";
import type { GeneratorOptions, Label } from "./generated.ts";
import type { Spell, StreamKind } from "./stream.ts";

/** Time between two rounds of all cases. */
export const roundEvery: Millis = 3_600_000;
/** Cases of a later round begin within so long: two rounds of a case lie further apart than any rule's limit. */
const spread: Millis = 1_500_000;
/** The first round begins one case after another. */
const firstWait: Millis = 300;
const firstStep: Millis = 70;

/** An event of a case, not yet written. */
export interface PlantedEvent {
  readonly stream: string;
  readonly time: Millis;
  readonly data: Fields;
}

/** A case with its events. */
export interface Planted {
  readonly events: readonly PlantedEvent[];
  readonly spells: readonly { readonly spell: Spell; readonly from: Millis; readonly to: Millis }[];
  readonly label: Label;
}

/** One round of the cases, by number from 0. */
export function plantRound(
  cases: readonly Case[],
  kinds: { readonly [stream: string]: StreamKind },
  { seed, start }: GeneratorOptions,
  tag: string,
  round: number,
): readonly Planted[] {
  const chance = new Chance(seed, "cases").of(round);
  return cases.map((one, index) => {
    const after = round === 0 ? firstWait + index * firstStep : chance.below(spread);
    return plant(one, kinds, one.begin(start + round * roundEvery + after), `${tag}${round}x${index}`);
  });
}

/** Plants one case at a time, under a name. */
export function plant(
  one: Case,
  kinds: { readonly [stream: string]: StreamKind },
  start: Millis,
  name: string,
): Planted {
  const events: PlantedEvent[] = [];
  const spells: { spell: Spell; from: Millis; to: Millis }[] = [];
  const spoken: { by: Millis | undefined } = { by: undefined };
  const key = one.plant({
    start,
    name,
    add(stream, after, changes) {
      const time = start + after;
      const data = kinds[stream]?.message(`${name}n${events.length}`, time, changes);
      if (data === undefined) throw new RangeError(`the case "${one.says}" plants in an unknown stream "${stream}"`);
      events.push({ stream, time, data });
    },
    speaksBy: (time) => spoken.by = time,
    cast: (spell, from, to) => spells.push({ spell, from, to }),
  });
  const label = labelOf(one, key, events, spoken.by, kinds);
  return { events, spells, label };
}

function labelOf(
  { rule, fires, by, says }: Case,
  key: Fields,
  events: readonly PlantedEvent[],
  speaksBy: Millis | undefined,
  kinds: { readonly [stream: string]: StreamKind },
): Label {
  const times = events.map(({ time }) => time);
  return {
    rule,
    fires,
    by,
    says,
    key,
    from: formatTime(Math.min(...times)),
    to: formatTime(speaksBy ?? Math.max(...times)),
    events: events.map(({ stream, time, data }) => ({
      stream,
      id: kinds[stream]?.id(data) ?? "",
      time: formatTime(time),
    })),
  };
}
