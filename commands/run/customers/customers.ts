/** The endpoints of customers while an engine runs: receivers that are made once, behind breakers that the store remembers. */
import { backoff, now, sleep } from "../../../engine/adapters/clock.ts";
import type { CustomerWebhooks } from "../../../engine/config/deployment.ts";
import type { Endpoint, Threshold } from "../../../engine/model/threshold.ts";
import { formatTime } from "../../../engine/model/time.ts";
import { serial } from "../../../engine/runtime/routes/serial.ts";
import type { Receiver } from "../../../engine/runtime/settle.ts";
import type { CheckpointStore } from "../../../engine/runtime/store.ts";
import { sinkKinds } from "../../../sinks/mod.ts";
import type { SinkContext } from "../../../sinks/sink.ts";
import { customersName, isCustomers } from "../lanes.ts";
import { type OpenReceiver, openSink } from "../receivers.ts";
import { type Disabled, withBreaker } from "./breaker.ts";
import { type DisabledEndpoints, readDisabled, setDisabled } from "./disabled.ts";
import { endpointsOf, sinkOf } from "./lanes.ts";

export interface CustomersNeeds {
  readonly webhooks: CustomerWebhooks;
  readonly context: Omit<SinkContext, "name">;
  readonly store: Pick<CheckpointStore, "get" | "put">;
  readonly log: (line: string) => void;
}

export class Customers {
  private readonly open = new Map<string, OpenReceiver>();
  private named: ReadonlyMap<string, Receiver> = new Map();
  private isLoaded = false;
  private known: DisabledEndpoints = new Map();
  /** Disabled here, which the store does not know yet. */
  private readonly untold = new Map<string, Disabled>();

  constructor(private readonly needs: CustomersNeeds) {}

  /** How many endpoints are disabled. */
  get disabled(): number {
    return [...this.open.keys()].filter((lane) => this.known.has(lane)).length;
  }

  /** Hears of endpoints that were enabled or disabled elsewhere; while the store is away what is known holds. */
  async refresh(): Promise<void> {
    if (this.isLoaded) await this.load().catch(() => {});
  }

  /** Receivers of the endpoints that thresholds name, by lane; until the next call, those that are named now. */
  receiversOf(thresholds: readonly Threshold[]): ReadonlyMap<string, Receiver> {
    const endpoints = [...endpointsOf(thresholds)];
    this.named = new Map(endpoints.map(([lane, endpoint]) => [lane, this.opened(lane, endpoint).receiver]));
    return this.named;
  }

  /**
   * What waits for an endpoint that no threshold names any more is refused; undefined for other lanes. A lane that ends
   * here stays when thresholds name its endpoint again: what comes then is delivered.
   */
  orphan(lane: string): Receiver | undefined {
    if (!isCustomers(lane)) return undefined;
    const gone = { result: "rejected", reason: "no threshold names this endpoint any more" } as const;
    const present = () => this.named.get(lane);
    return {
      family: customersName,
      max: this.needs.webhooks.max,
      batchMax: sinkKinds.webhook.batchMax,
      isOne: false,
      wait: (attempts) => present()?.wait(attempts),
      deliver: (batch, seqs) => present()?.deliver(batch, seqs) ?? Promise.resolve(batch.map(() => gone)),
    };
  }

  async close(): Promise<void> {
    this.untold.clear();
    for (const { close } of this.open.values()) await close().catch(() => {});
  }

  /** Kept with its breaker, so that failures are counted on across reloads, and one for all lanes that end there. */
  private opened(lane: string, endpoint: Endpoint): OpenReceiver {
    let opened = this.open.get(lane);
    if (opened === undefined) {
      const { webhooks, context } = this.needs;
      const sink = openSink(sinkOf(endpoint, webhooks), context);
      this.open.set(lane, opened = { ...sink, receiver: serial(this.guarded(lane, sink.receiver)) });
    }
    return opened;
  }

  private guarded(lane: string, receiver: Receiver): Receiver {
    const guarded = withBreaker(receiver, {
      disabled: () => this.known.get(lane),
      disable: (why) => this.disable(lane, why),
    });
    return {
      ...guarded,
      family: customersName,
      max: this.needs.webhooks.max,
      deliver: async (batch, seqs) => {
        if (!this.isLoaded) await this.load();
        return await guarded.deliver(batch, seqs);
      },
    };
  }

  /** Throws what the store says. */
  private async load(): Promise<void> {
    this.take(await readDisabled(this.needs.store));
    this.isLoaded = true;
  }

  /** Holds at once; the store is told as soon as it can be. */
  private disable(lane: string, why: string): void {
    const at = now();
    this.untold.set(lane, { since: formatTime(at), why });
    this.take(this.known);
    this.needs.log(`The endpoint "${lane}" is disabled: ${why}. Once it works: vigie endpoints enable ${lane}`);
    void this.tell(lane, { at, why });
  }

  private async tell(lane: string, state: { readonly at: number; readonly why: string }): Promise<void> {
    for (let attempt = 0; this.untold.has(lane); attempt++) {
      try {
        const disabled = await setDisabled(this.needs.store, lane, state);
        this.untold.delete(lane);
        return this.take(disabled);
      } catch {
        await sleep(backoff(attempt));
      }
    }
  }

  private take(disabled: DisabledEndpoints): void {
    this.known = new Map([...disabled, ...this.untold]);
  }
}
