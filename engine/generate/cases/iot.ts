/** Planted cases of the pack `iot`: sensors that read steadily for a while and then do not. */
import { apart, endOf, fires, minute, quiet, records, second } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** Readings before the remarkable one: more than any baseline asks for. */
const steadyCount = 40;
const every = second / 5;

/** Forty readings of 59 and 61 in turn, then one: mean 60, standard deviation √(40 / 39) = 1.0127. */
function readings(plot: Plot, sensor_id: string, type: string, last: number): void {
  const machine_id = `mac_${plot.name}`;
  for (let i = 0; i <= steadyCount; i++) {
    const value = i === steadyCount ? last : 59 + 2 * (i % 2);
    const after = i * every + (i === steadyCount ? apart : 0);
    plot.add("sensor_readings", after, { sensor_id, machine_id, type, value });
  }
}

function sensor(last: number) {
  return (plot: Plot) => {
    const sensor_id = `sen_${plot.name}`;
    readings(plot, sensor_id, "pressure", last);
    return { sensor_id };
  };
}

/** Two sensors of one machine. */
function machine(vibration: number, temperature: number) {
  return (plot: Plot) => {
    readings(plot, `sen_${plot.name}_v`, "vibration", vibration);
    readings(plot, `sen_${plot.name}_t`, "temperature", temperature);
    return { machine_id: `mac_${plot.name}` };
  };
}

function means(size: number): Case["plant"] {
  return ({ name, add, start, speaksBy }) => {
    const sensor_id = `sen_${name}`;
    add("sensor_readings", 0, { sensor_id });
    speaksBy(endOf(size, start));
    return { sensor_id };
  };
}

export const iotCases: readonly Case[] = [
  fires("iot/sensor-anomaly", "z = 2.508, just a warning", sensor(62.54)),
  fires("iot/sensor-anomaly", "z = -9.9, critical", sensor(50)),
  quiet("iot/sensor-anomaly", "z = 2.498", sensor(62.53)),
  fires("iot/sensor-monitor", "far beyond all readings of the day", sensor(90)),
  quiet("iot/sensor-monitor", "2.5 % of the range beyond all readings", sensor(61.05)),
  fires("iot/machine-failing", "vibration and temperature of one machine", machine(75, 75)),
  quiet("iot/machine-failing", "vibration only", machine(75, 60)),
  records("iot/sensor-1m", "a reading of a rare sensor", means(minute)),
  records("iot/sensor-5m", "a reading of a rare sensor", means(5 * minute)),
  records("iot/sensor-15m", "a reading of a rare sensor", means(15 * minute)),
];
