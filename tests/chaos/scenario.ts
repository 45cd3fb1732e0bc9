/**
 * What a scenario of faults is: a sentence that must hold, and the run that tries it. Each comes in two lengths: a short
 * one for the gate, where several run side by side because most of them wait for claims to grow old, and a long one.
 */
import { Chance } from "../simulation/chance.ts";

export interface Scenario {
  /** Names it where only some are to run. */
  readonly name: string;
  /** What must hold. */
  readonly says: string;
  /** It measures time, so nothing else runs beside it. */
  readonly alone?: boolean;
  /** False where the gate has a shorter test of it elsewhere, so that only the long one is run. */
  readonly inGate?: boolean;
  readonly run: (trial: ChaosTrial) => Promise<void>;
}

export interface ChaosTrial {
  readonly isLong: boolean;
  /** All chance of the run comes out of its seed, which stands in every failure. */
  readonly chance: Chance;
  /** Writes down a figure, for who wants to know how it went. */
  readonly note: (figure: string) => void;
}

/** Runs a scenario with a seed; what it throws names both. */
export async function tried(scenario: Scenario, isLong: boolean, seed: number): Promise<void> {
  const note = (figure: string) => console.log(`${scenario.name}: ${figure}`);
  try {
    await scenario.run({ isLong, chance: new Chance(seed), note });
  } catch (error) {
    throw new Error(`${scenario.name}, VIGIE_SEED=${seed}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
