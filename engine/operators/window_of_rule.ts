/** Reads `window`, `emit` and `for` of a rule: which window, when it speaks, and what does not go together. */
import type { RuleCompiler } from "../kinds/kind.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import type { Path } from "../model/problem.ts";
import { formatDuration, type Millis } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { createWindow, windows } from "../windows/mod.ts";
import type { Window, Wrong } from "../windows/window.ts";

/** Sliding windows longer than this should keep buckets instead of events. */
const longSliding: Millis = 3_600_000;

export interface RuleWindow {
  readonly window: Window;
  readonly emit: "on_match" | "on_close";
  /** What of the window decides whether state survives an edit. */
  readonly signature: Value;
  /** How long a window of a key lives at most after its newest event. */
  readonly horizon: Millis;
  /** One window after a moment has passed this later: a local day may be an hour longer than its nominal size. */
  readonly warmUp: Millis;
}

/** The window of a rule, undefined when it has a problem. `only` is the one moment of speaking that the kind allows. */
export function compileWindow(rule: RuleCompiler, only?: "on_close"): RuleWindow | undefined {
  const raw = rule.raw.window;
  if (!isFields(raw)) return undefined;
  const window = createWindow(raw);
  if ("wrong" in window) {
    reportWindow(rule, ["window"], window);
    return undefined;
  }
  const kind = Object.values(windows).find((candidate) => candidate.name in raw);
  const emit = rule.raw.emit === "on_match" || rule.raw.emit === "on_close" ? rule.raw.emit : kind?.emit ?? "on_close";
  if (!agrees(rule, window, only ?? emit)) return undefined;
  warnLongSliding(rule, ["window"], window);
  return { window, emit: only ?? emit, signature: raw, horizon: horizonOf(window), warmUp: warmUpOf(window, raw) };
}

/** Reports what is wrong with a window at a path, at the option at fault when it stands there. */
export function reportWindow(rule: RuleCompiler, path: Path, { wrong, help, at }: Wrong): void {
  const below = at !== undefined && rule.at([...path, at]) !== undefined ? [...path, at] : path;
  rule.report(ruleProblems.badWindow, below, { wrong, help });
}

/** Warns where a long sliding window keeps every event. */
export function warnLongSliding(rule: RuleCompiler, path: Path, window: Window): void {
  if (window.shape !== "sliding" || window.size <= longSliding || window.resolution !== undefined) return;
  rule.report(ruleProblems.longSliding, path, { size: formatDuration(window.size) });
}

/** Reports what cannot stand beside the window. */
function agrees(rule: RuleCompiler, window: Window, emit: "on_match" | "on_close"): boolean {
  const aligned = window.shape === "aligned";
  const row = rule.raw.for;
  let sound = true;
  if (typeof row === "number" && row > 1 && (!aligned || emit === "on_match")) {
    rule.report(ruleProblems.forNeedsRows, ["for"], {}, "key");
    sound = false;
  }
  if (window.shape === "sliding" && emit === "on_close") {
    rule.report(ruleProblems.slidingNeverCloses, rule.raw.emit === undefined ? ["window"] : ["emit"], {});
    sound = false;
  }
  if (window.shape === "merging" && rule.raw.notify_resolved === true) {
    rule.report(ruleProblems.sessionNeverResolves, ["notify_resolved"], {}, "key");
    sound = false;
  }
  warnRecover(rule, window, emit);
  return sound;
}

/** Warns of a `recover` that ends nothing. */
function warnRecover(rule: RuleCompiler, window: Window, emit: "on_match" | "on_close"): void {
  if (rule.raw.recover === undefined || window.shape === "sliding") return;
  if (window.shape === "merging") {
    const facts = { wrong: "a session has no episode", help: "remove `recover`" };
    rule.report(ruleProblems.recoverWithoutEffect, ["recover"], facts, "key");
  } else if (emit === "on_match" && rule.raw.notify_resolved !== true) {
    const wrong = "nothing tells that the episode of a window is over";
    const help = "add `notify_resolved: true`, or remove `recover`";
    rule.report(ruleProblems.recoverWithoutEffect, ["recover"], { wrong, help }, "key");
  }
}

function horizonOf(window: Window): Millis {
  if (window.shape === "aligned") return window.size + window.every;
  return window.shape === "merging" ? window.gap : window.size;
}

function warmUpOf(window: Window, { timezone }: Fields): Millis {
  if (window.shape === "merging") return window.gap;
  return window.size + (timezone === undefined ? 0 : 3_600_000);
}
