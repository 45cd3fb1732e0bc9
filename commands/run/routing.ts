/** The routes of a deployment as the task that runs beside the engine. */
import { backoff, monotonic, now, sleep, turn } from "../../engine/adapters/clock.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import type { Alert } from "../../engine/model/alert.ts";
import type { Route } from "../../engine/routing/route.ts";
import type { RuleFacts } from "../../engine/routing/router.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import { serial } from "../../engine/runtime/routes/serial.ts";
import { storedSilences } from "../../engine/runtime/routes/silences.ts";
import { RoutesTask } from "../../engine/runtime/routes/task.ts";
import type { CheckpointStore } from "../../engine/runtime/store.ts";
import { deadLane, lateLane, routesLane } from "./lanes.ts";
import type { OpenReceiver } from "./receivers.ts";

export interface RoutingNeeds {
  readonly deployment: Deployment;
  readonly tree: readonly Route[];
  /** Gets the lane of the routes; its sinks are made fit for two callers. */
  readonly receivers: Map<string, OpenReceiver>;
  readonly store: CheckpointStore;
  readonly owner: string;
  readonly term: number;
  readonly log: (line: string) => void;
  /** The setup in force. */
  readonly setup: () => Setup | undefined;
}

/** The task of the routes; undefined where the deployment has none. */
export function openRoutes(needs: RoutingNeeds): RoutesTask | undefined {
  const { deployment, tree, receivers, setup, ...shared } = needs;
  if (tree.length === 0) return undefined;
  for (const [name, open] of receivers) receivers.set(name, { ...open, receiver: serial(open.receiver) });
  const sinks = [...receivers].filter(([name]) => name !== lateLane);
  const task = new RoutesTask({
    ...shared,
    tree: toLanes(tree, (name) => deployment.sinks.flatMap((sink) => sink.name === name ? [sink.lane] : [])),
    receivers: new Map(sinks.map(([name, { receiver }]) => [name, receiver])),
    dead: receivers.has(deadLane) ? [deadLane] : [],
    factsOf: (alert) => factsOf(alert, setup()),
    silences: storedSilences(needs.store),
    outbox: deployment.outbox,
    time: { now, monotonic, sleep, turn, backoff },
  });
  const nothing = () => Promise.resolve();
  receivers.set(routesLane, { receiver: task.receiver(), open: nothing, close: nothing });
  return task;
}

/** The tree with lanes in place of sinks: the name of a list of sinks stands for several. */
function toLanes(tree: readonly Route[], lanesOf: (sink: string) => readonly string[]): readonly Route[] {
  return tree.map((route) => ({
    ...route,
    sinks: route.sinks.flatMap(lanesOf),
    routes: toLanes(route.routes, lanesOf),
  }));
}

/** What the plan in force says of an alert's rule; nothing when the rule is gone. */
function factsOf(alert: Alert, setup: Setup | undefined): RuleFacts {
  const rule = setup?.plan.rules.find(({ text }) => text.pack === alert.pack && text.id === alert.rule);
  if (rule === undefined || setup === undefined) return { resolves: false, given: [] };
  return { resolves: rule.text.raw.notify_resolved === true, given: setup.ways.alert(alert, rule) };
}
