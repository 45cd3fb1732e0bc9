/** A plan with all that it needs around it: decoders, receivers, and which of them take what. */
import { now } from "../../engine/adapters/clock.ts";
import type { Plan, PlanRule } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import type { Threshold } from "../../engine/model/threshold.ts";
import { fixedThresholds } from "../../engine/model/threshold.ts";
import { Privacy } from "../../engine/privacy/privacy.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { Measures } from "../../engine/runtime/metric.ts";
import type { FetchedLookups, Setup, Ways } from "../../engine/runtime/engine/options.ts";
import type { SinkContext } from "../../sinks/sink.ts";
import type { Customers } from "./customers/customers.ts";
import { laneOf } from "./customers/lanes.ts";
import { customersName, deadLane, lateLane, routesLane } from "./lanes.ts";
import { measuredReceiver } from "./measured.ts";
import { contextOf, type OpenReceiver, openSink } from "./receivers.ts";
import { openRefused } from "./refused.ts";
import { isLive } from "./sources.ts";

/** Receivers by the name of their lane, with the lives of their sinks. */
export function openReceivers(deployment: Deployment, output: SinkContext["output"]): Map<string, OpenReceiver> {
  const context = contextOf(deployment, output);
  const receivers = new Map(deployment.sinks.map((sink) => [sink.lane, openSink(sink, context)]));
  const dead = openRefused(deployment.deadLetters, deployment, ".dlq");
  const late = openRefused(deployment.late, deployment, ".late");
  if (dead !== undefined) receivers.set(deadLane, dead);
  if (late !== undefined) receivers.set(lateLane, late);
  return receivers;
}

export interface SetupNeeds {
  readonly deployment: Deployment;
  readonly receivers: ReadonlyMap<string, OpenReceiver>;
  readonly thresholds: readonly Threshold[];
  readonly drain: boolean;
  readonly lookups: FetchedLookups | undefined;
  readonly measures: Measures;
  readonly customers: Customers;
}

export function setupOf(plan: Plan, needs: SetupNeeds): Setup {
  const { deployment, receivers, thresholds, drain, lookups, measures, customers } = needs;
  const live = isLive(deployment, drain) ? { now } : undefined;
  const recorded = deployment.source.kind === "files" || deployment.source.kind === "stdin";
  return {
    plan,
    decoderOf: (stream) => createDecoder(stream, { live, recorded }),
    receivers: new Map([
      ...[...receivers].map(([name, { receiver }]) => [name, measuredReceiver(name, receiver, measures)] as const),
      ...[...customers.receiversOf(thresholds)].map(([lane, receiver]) =>
        [lane, measuredReceiver(customersName, receiver, measures)] as const
      ),
    ]),
    orphan: (lane) => customers.orphan(lane),
    ways: waysOf(deployment, receivers),
    thresholds: fixedThresholds(thresholds),
    privacy: new Privacy(deployment.privacyKey),
    ...(lookups === undefined ? {} : { lookups }),
  };
}

/** Alerts go to the sinks of their rule, else to the default ones, to those of every alert, and to the routes; shadow ones nowhere. */
function waysOf(
  { sinks, defaultSinks, always }: Deployment,
  receivers: ReadonlyMap<string, OpenReceiver>,
): Ways {
  const lanes = Map.groupBy(sinks, ({ name }) => name);
  const lanesOfSink = (name: string) => (lanes.get(name) ?? []).map(({ lane }) => lane);
  const outputs = new Map<string, readonly string[]>([...lanes.keys()].map((name) => [name, lanesOfSink(name)]));
  const open = (names: readonly string[]) => names.filter((name) => receivers.has(name));
  const known = new Map<PlanRule, readonly string[]>();
  const lanesOf = (rule: PlanRule) => {
    let found = known.get(rule);
    if (found === undefined) {
      const own = rule.speech.sinks.length > 0 ? rule.speech.sinks : defaultSinks;
      found = open([...[...new Set([...own, ...always])].flatMap(lanesOfSink), routesLane]);
      known.set(rule, found);
    }
    return found;
  };
  return {
    alert(alert, rule, endpoint) {
      if (alert.shadow) return [];
      return endpoint === undefined ? lanesOf(rule) : [...lanesOf(rule), laneOf(endpoint)];
    },
    record: ({ output }) => outputs.get(output) ?? [],
    dead: open([deadLane]),
    late: open([lateLane]),
  };
}
