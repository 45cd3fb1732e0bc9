/**
 * The circuit breaker of one customer's endpoint: after a hundred requests that failed one after the other, or when it
 * says that it is gone (410), nothing is sent there any more, and what comes for it is refused at once.
 */
import type { Receiver } from "../../../engine/runtime/settle.ts";
import type { Verdict } from "../../../sinks/sink.ts";

/** Failures one after the other that disable an endpoint. */
const failuresMax = 100;

/** Since when, as RFC 3339, and why. */
export interface Disabled {
  readonly since: string;
  readonly why: string;
}

export interface BreakerPorts {
  /** Why the endpoint is disabled now; undefined while it is not. */
  readonly disabled: () => Disabled | undefined;
  readonly disable: (why: string) => void;
}

/** A receiver behind a breaker. */
export function withBreaker(receiver: Receiver, { disabled, disable }: BreakerPorts): Receiver {
  let failures = 0;
  const count = (verdict: Verdict) => {
    if (verdict.result === "delivered") failures = 0;
    else if (wasSent(verdict)) failures++;
    if (disabled() !== undefined || verdict.result === "delivered") return;
    if (verdict.result === "rejected" && verdict.gone === true) disable(`it is gone: ${verdict.reason}`);
    else if (failures >= failuresMax) {
      disable(`${failuresMax} failures one after the other, the last: ${verdict.reason}`);
    }
  };
  return {
    ...receiver,
    async deliver(batch, seqs) {
      const before = disabled();
      if (before !== undefined) {
        failures = 0;
        return batch.map(() => refusal(before));
      }
      const verdicts = await receiver.deliver(batch, seqs);
      verdicts.forEach(count);
      const after = disabled();
      if (after === undefined) return verdicts;
      failures = 0;
      return verdicts.map((verdict) => verdict.result === "retry" ? refusal(after) : verdict);
    },
  };
}

/** Whether a verdict is the answer to a request of its own. */
function wasSent(verdict: Verdict): boolean {
  return verdict.result !== "retry" || (verdict.untried !== true && verdict.inferred !== true);
}

function refusal({ since, why }: Disabled): Verdict {
  return { result: "rejected", reason: `the endpoint is disabled since ${since}: ${why}` };
}
