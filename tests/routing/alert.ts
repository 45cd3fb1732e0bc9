/** Alerts for tests of routes: what a test does not name is the same in all of them. */
import type { Alert } from "../../engine/model/alert.ts";

export function alertOf(changes: Partial<Alert> & { readonly id: string }): Alert {
  return {
    fingerprint: `f-${changes.id}`,
    episode: changes.id,
    status: "firing",
    pack: "payments-fraud",
    rule: "card-testing",
    revision: "r1",
    kind: "threshold",
    severity: "high",
    title: "Card testing",
    message: "Four attempts in three seconds",
    key: { session_id: "s1" },
    entities: { payment: "p1" },
    criteria: [],
    values: { attempts: 4 },
    window: null,
    event_time: "2026-01-05T10:00:00.000Z",
    detected_at: "2026-01-05T10:00:00.000Z",
    evidence: [],
    evidence_total: 1,
    context: {},
    suppressed: 0,
    shadow: false,
    labels: { team: "risk" },
    runbook: null,
    ...changes,
  };
}
