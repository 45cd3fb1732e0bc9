/** Hands alerts that were raised to the rules over alerts, each once and in order, before anything else is done. */
import { alertsName, alertStream } from "../compile/alerts.ts";
import type { Alert } from "../model/alert.ts";
import { type AlertFeed, eventOf } from "./alert_stream.ts";
import type { Layout } from "./layout.ts";
import type { Ledger } from "./ledger.ts";
import type { Scout } from "./scout.ts";
import type { Speaker } from "./speaker.ts";
import type { Stepper } from "./stepper.ts";

export interface AlertReaderPorts {
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly stepper: Stepper;
  readonly scout: Scout;
  readonly speaker: Speaker;
}

export class AlertReader {
  /** Alerts that were taken so far: the next one's offset. */
  taken = 0;

  constructor(private readonly ports: AlertReaderPorts) {}

  /** Takes every alert that waits; false while a key of one is not in memory, or a limit of what it made rules say. */
  takeAll(): boolean {
    const { ledger, speaker, layout } = this.ports;
    const { alerts } = speaker;
    for (let alert = alerts[0]; alert !== undefined; alert = alerts[0]) {
      if (!ledger.complete && !this.hasKeysOf(alert)) return false;
      alerts.shift();
      for (const feed of layout.feeds) this.take(alert, feed);
      this.taken++;
      if (!speaker.raiseWaiting()) return false;
    }
    return true;
  }

  private take(alert: Alert, feed: AlertFeed): void {
    const { stepper, layout, ledger } = this.ports;
    const event = eventOf(alert, this.taken, feed);
    stepper.show(alertStream, event);
    layout.routes.get(alertsName)?.visit(event, (entry) => {
      if (entry.clock === feed.clock) stepper.visit(entry, event);
    });
    stepper.hide(alertStream);
    ledger.sweep();
  }

  private hasKeysOf(alert: Alert): boolean {
    const { layout, scout, speaker: { waitedFor } } = this.ports;
    waitedFor.clear();
    for (const feed of layout.feeds) scout.missing(alertStream, eventOf(alert, this.taken, feed), waitedFor);
    return waitedFor.size === 0;
  }
}
