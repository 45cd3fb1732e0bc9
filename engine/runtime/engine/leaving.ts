/** What leaves a run: alerts, records and refused messages, through the outbox into a lane for every receiver. */
import { Buffer } from "node:buffer";
import type { PlanRule } from "../../compile/plan.ts";
import { formatTime } from "../../model/time.ts";
import type { RawMessage } from "../ports.ts";
import { covered } from "../settle/covered.ts";
import type { Entry, Parcel, RefusedMessage } from "../settle/entry.ts";
import { nameOf, refusalOf } from "../settle/refusal.ts";
import { DeliveryLane, type LaneSettings, type Receiver } from "../settle.ts";
import type { TaskOutlet } from "../task.ts";
import type { Setup } from "./options.ts";
import type { Run } from "./run.ts";

/** A lane for every receiver; what waited for it in the store is its own. */
export function openLanes(run: Run, depths: ReadonlyMap<string, number>): void {
  const { receivers } = run.setup;
  for (const [name, receiver] of receivers) {
    run.lanes.set(name, new DeliveryLane(receiver, laneSettings(run, name, receiver), depths.get(name)));
  }
  run.outbox.connect(run.lanes);
  for (const [name, depth] of depths) {
    if (receivers.has(name)) continue;
    const orphan = run.setup.orphan?.(name);
    if (orphan !== undefined) run.lanes.set(name, new DeliveryLane(orphan, laneSettings(run, name, orphan), depth));
    else run.options.log(`${depth} alerts wait for the sink "${name}", which nobody defines now`);
  }
}

/**
 * Lanes for receivers that a new setup brings; those of others go on until they are empty. A lane that is there stays, an
 * orphan's too: another in its place would read back what this one has settled and no checkpoint knows.
 */
export async function addLanes(run: Run): Promise<void> {
  const added = [...run.setup.receivers].filter(([name]) => !run.lanes.has(name));
  if (added.length === 0) return;
  const { store, task } = run.options;
  const depths = await run.insist("The store", () => store.depths(task));
  for (const [name, receiver] of added) {
    run.lanes.set(name, new DeliveryLane(receiver, laneSettings(run, name, receiver), depths?.get(name)));
  }
}

function laneSettings(run: Run, name: string, { once }: Receiver): LaneSettings {
  const { options: { outbox: bounds, time, store, task, log }, outbox, lease } = run;
  return {
    name,
    ...bounds,
    now: time.now,
    sleep: time.sleep,
    mayDeliver: () => lease.valid(),
    more: async (after, limit) => {
      const found = await store.pending(task, name, after, limit);
      return found.filter(({ seq }) => seq <= outbox.savedSeq);
    },
    settled: (entry) => {
      outbox.settled(name, entry);
      if (once === true) run.since.once = true;
      run.bell.ring();
    },
    tried: (entry, attempts) => outbox.tried(name, entry, attempts),
    rejected: (entry, reason) => {
      refuse(run, name, entry, reason);
      log(`The sink "${name}" refused ${nameOf(entry.parcel)}: ${reason}`);
    },
    trouble: (reason) =>
      log(reason === undefined ? `The sink "${name}" works again` : `The sink "${name}" fails: ${reason}`),
  };
}

/** What a receiver will never take goes to the dead letters under the receiver's name. */
function refuse({ outbox, setup, lanes }: Run, lane: string, entry: Entry, reason: string): void {
  const { dead } = setup.ways;
  const refusal = refusalOf(lane, entry, reason, lanes.get(lane)?.family);
  if (refusal !== undefined && !dead.includes(lane)) outbox.add(refusal, dead, false);
}

/** Where the task of a run hands what its rules say. */
export function outletOf(run: Run): TaskOutlet {
  const { outbox, counts } = run;
  return {
    alert: (alert, rule, endpoint) => {
      counts.alerts++;
      send(run, { alert }, run.setup.ways.alert(alert, rule, endpoint), rule);
    },
    record: (record, rule) => {
      counts.records++;
      send(run, { record }, run.setup.ways.record(record, rule), rule);
    },
    suppressed: () => {
      counts.suppressed++;
    },
    late: (event, reason) => {
      // What was late before it was passed on has been said there.
      if (reason === "late" && run.feeds.some(({ opened }) => opened.isPassed === true)) return;
      counts.late++;
      const { current, setup: { ways } } = run;
      if (current === undefined || ways.late.length === 0) return;
      const refused = refusedOf(run.setup, event.place.stream, current, reason, formatTime(event.place.time));
      outbox.add({ refused }, ways.late, false);
    },
  };
}

function send({ outbox, since, options }: Run, parcel: Parcel, lanes: readonly string[], rule: PlanRule): void {
  const gated = isGated(rule);
  outbox.add(parcel, lanes, gated);
  if (gated && lanes.length > 0) since.gated ??= options.time.monotonic();
}

/** A rule whose alerts depend on more than the event at hand: they leave after the checkpoint that contains them. */
function isGated({ compiled, limit, text }: PlanRule): boolean {
  return !compiled.stateless || limit !== undefined || text.kind === "kpi";
}

/** A message as it may leave, with the reason why it is refused. */
export function refusedOf(
  { plan, privacy }: Setup,
  stream: string,
  message: RawMessage,
  reason: string,
  time: string | null,
): RefusedMessage {
  const { topic, partition, offset, key, value } = message;
  const refused = { stream, topic, partition, offset, reason, time, key: base64(key), value: base64(value) };
  return covered(refused, plan.streams.get(stream), privacy);
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
