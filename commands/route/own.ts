/** What an alert reaches beside the routes: the sinks of its rule, or the default ones. */
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import type { Alert } from "../../engine/model/alert.ts";
import type { Route } from "../../engine/routing/route.ts";
import { type Way, wayOf } from "../../engine/routing/way.ts";
import type { Millis } from "../../engine/model/time.ts";

/** The way of an alert through a deployment. An alert of a rule that the packs do not have gets the default sinks. */
export function wayThrough(
  alert: Alert,
  { deployment, tree, plan }: {
    readonly deployment: Deployment;
    readonly tree: readonly Route[];
    readonly plan: Plan;
  },
  now: Millis,
): Way {
  const rule = plan.rules.find(({ text }) => text.pack === alert.pack && text.id === alert.rule);
  const named = rule?.speech.sinks ?? [];
  const own = named.length > 0
    ? { own: named, ownWhy: "sinks of the rule" }
    : { own: deployment.defaultSinks, ownWhy: "default_sinks" };
  return wayOf(alert, { tree, ...own, always: deployment.always, now });
}
