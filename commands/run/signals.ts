/**
 * Signals of the process. They are watched before anything else, so that a stop during the start is a clean one; a second
 * one ends the process at once.
 */

export interface Signals {
  /** Calls when SIGTERM or SIGINT comes, at once when it has come. */
  readonly onStop: (stop: () => void) => void;
  /** Calls at every SIGHUP. */
  readonly onReload: (reload: () => void) => void;
  /** Leaves signals to the system again. */
  readonly end: () => void;
}

/** Exit code of a process that ended on a second signal, as shells show it. */
const interrupted = 130;

export function watchSignals(): Signals {
  let asked = false;
  let stop: (() => void) | undefined;
  let reload: (() => void) | undefined;
  const onStop = () => {
    if (asked) Deno.exit(interrupted);
    asked = true;
    stop?.();
  };
  const onHangUp = () => reload?.();
  Deno.addSignalListener("SIGTERM", onStop);
  Deno.addSignalListener("SIGINT", onStop);
  Deno.addSignalListener("SIGHUP", onHangUp);
  return {
    onStop(act) {
      stop = act;
      if (asked) act();
    },
    onReload(act) {
      reload = act;
    },
    end() {
      Deno.removeSignalListener("SIGTERM", onStop);
      Deno.removeSignalListener("SIGINT", onStop);
      Deno.removeSignalListener("SIGHUP", onHangUp);
    },
  };
}
