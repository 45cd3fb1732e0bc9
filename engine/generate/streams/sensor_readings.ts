/** Readings of sensors on machines in factories: each sensor in turn, around a level of its own with a slow swing. */
import type { Millis } from "../../model/time.ts";
import { Chance } from "../chance.ts";
import { type Maker, type StreamKind, textOf, type World } from "../stream.ts";

export const sensorReadings: StreamKind = {
  topic: (event) => `factory-${textOf(event, "factory")}.${textOf(event, "type")}`,
  key: (event) => textOf(event, "sensor_id"),
  id: (event) => textOf(event, "sensor_id"),
  message: (id, time, changes) => ({
    sensor_id: `sen_${id}`,
    machine_id: `mac_${id}`,
    factory: "lyon",
    type: "temperature",
    value: 60,
    unit: "°C",
    ts: time,
    ...changes,
  }),
};

/** What a machine is fitted with: type, unit, usual level and spread. */
const fittings = [
  ["temperature", "°C", 62, 0.8],
  ["vibration", "mm/s", 2.4, 0.12],
  ["pressure", "bar", 6.1, 0.1],
  ["flow", "l/min", 118, 2.5],
] as const;

const factories = ["lyon", "turin", "leipzig"] as const;

/** Seconds between two readings of one sensor. */
const interval = 7;
const sensorsMax = 50_000;

/** Makes readings of as many sensors as the rate needs for one reading every seven seconds each, at most 50,000. */
export function sensorReadingsOf({ seed, rate }: World): Maker {
  const sensors = Math.max(fittings.length, Math.min(Math.round(rate * interval), sensorsMax));
  const levels = new Chance(seed, "sensor");
  const noise = new Chance(seed, "reading");
  return (n, ts) => {
    const sensor = n % sensors;
    const machine = Math.floor(sensor / fittings.length);
    const [type, unit, level, spread] = fittings[sensor % fittings.length] ?? fittings[0];
    const base = level * (0.9 + 0.2 * levels.of(sensor).unit());
    const value = base + spread * (noise.of(n).bell() + swing(ts));
    return {
      sensor_id: `sen_${10_000 + sensor}`,
      machine_id: `mac_${1_000 + machine}`,
      factory: factories[machine % factories.length] ?? "lyon",
      type,
      value: Math.round(value * 1_000) / 1_000,
      unit,
      ts,
    };
  };
}

const day = 86_400_000;

/** From -1 at midnight to 1 at noon and back: halls warm up by day. */
function swing(time: Millis): number {
  const ofDay = (time % day + day) % day / day;
  return ofDay < 0.5 ? 4 * ofDay - 1 : 3 - 4 * ofDay;
}
