/**
 * From what rules saw to what leaves, or comes back: signals are raised through the limits of their rules, wait while a
 * limit's state is not in memory, and firing alerts of live rules queue for the rules over alerts.
 */
import type { Plan, PlanRule } from "../compile/plan.ts";
import type { Alert } from "../model/alert.ts";
import type { Lookups } from "../model/lookup.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { Agenda } from "./agenda.ts";
import { isQuiet, type RuleMarks } from "./changeover.ts";
import { counting, type RuleCounts } from "./counts.ts";
import { encodeKey } from "./keyed.ts";
import type { Layout } from "./layout.ts";
import type { Ledger } from "./ledger.ts";
import { emptyLimit, isLimit, type LimitState } from "./limiter.ts";
import { type LimitOwner, type Outlet, Raiser } from "./raise.ts";
import { storeKey } from "./saved_state.ts";
import type { Seen } from "./stepper.ts";

export interface SpeakerPorts {
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly agenda: Agenda;
  readonly counts: readonly RuleCounts[];
  readonly lookups: Lookups;
  /** Wall clock for `detected_at`; undefined in tests and replay. */
  readonly now: (() => Millis) | undefined;
  /** Treats what leaves; undefined in tests and replay, which show clear values. */
  readonly privacy: Privacy | undefined;
}

export class Speaker {
  /** A stateful rule said something since this was last set to false. */
  spoke = false;
  /** Alerts that rules over alerts have not taken yet. */
  readonly alerts: Alert[] = [];
  /** Store keys of limits that signals wait for. */
  readonly waitedFor = new Set<string>();
  /** What the last change of plan keeps quiet. */
  marks: RuleMarks = new Map();
  private waiting: Seen[] = [];
  private readonly raiser: Raiser;

  constructor({ aliases, rules }: Plan, outlet: Outlet, private readonly ports: SpeakerPorts) {
    const { counts, lookups, now, privacy } = ports;
    const raised = counting(this.noticing(outlet), counts);
    const raising = { aliases, rules, lookups, now, privacy };
    this.raiser = new Raiser(raised, (rule, owner, per, due) => this.limitOf(rule, owner, per, due), raising);
  }

  /** Raises a signal, behind those that wait. */
  raise(seen: Seen): void {
    const { rule, key, signal, events } = seen;
    const mark = this.marks.get(rule.name);
    if (mark !== undefined && isQuiet(rule, signal, mark)) return;
    if (this.waiting.length > 0 || !this.raiser.raise(rule, key, signal, events)) this.waiting.push(seen);
  }

  /** Raises the signals that wait; false while one still waits. */
  raiseWaiting(): boolean {
    if (this.waiting.length === 0) return true;
    const { waiting } = this;
    this.waiting = [];
    this.waitedFor.clear();
    for (const seen of waiting) this.raise(seen);
    return this.waiting.length === 0;
  }

  /** Whether something is to be raised or taken before the next event. */
  get isBusy(): boolean {
    return this.waiting.length > 0 || this.alerts.length > 0;
  }

  private limitOf(
    rule: PlanRule,
    owner: LimitOwner,
    per: readonly Value[],
    due: Millis,
  ): LimitState | undefined {
    const { layout, ledger, agenda } = this.ports;
    const keeper = layout.limits[rule.index]?.[owner];
    if (keeper === undefined) return emptyLimit();
    const { stage, slot } = keeper;
    const text = encodeKey(per);
    const known = stage.states.get(text);
    if (known === undefined && !ledger.complete) {
      this.waitedFor.add(storeKey(stage, text));
      return undefined;
    }
    const key = known ?? stage.make(text);
    const before = key.stateOf(slot);
    const state = isLimit(before) ? before : emptyLimit();
    key.keep(slot, state);
    if (key.dueOf(slot) === Infinity) agenda.arm(keeper, key, due);
    ledger.note(key, slot, before);
    return state;
  }

  /** An outlet that notices what goes through it. */
  private noticing(outlet: Outlet): Outlet {
    return {
      ...outlet,
      alert: (alert, rule, endpoint) => {
        if (!rule.compiled.stateless) this.spoke = true;
        const comesBack = this.ports.layout.feeds.length > 0 && alert.status === "firing" && !alert.shadow;
        if (comesBack) this.alerts.push(alert);
        outlet.alert(alert, rule, endpoint);
      },
      record: (record, rule) => {
        if (rule.text.kind === "score") this.spoke = true;
        outlet.record(record, rule);
      },
    };
  }
}
