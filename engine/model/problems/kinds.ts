/** What can be wrong with a rule of one kind. */
import { problemKind } from "../problem.ts";

export const kindProblems = {
  joinNeedsTwoStreams: problemKind<{ stream: string }>({
    code: "V082",
    severity: "error",
    title: "Join of a stream with itself",
    explains: "Both sides of a join would have the same alias, so a condition could not tell them apart.",
    say: ({ stream }) => ({
      message: `Cannot join stream "${stream}" with itself`,
      help: "use `kind: sequence` for events of one stream, or `kind: threshold` to count them",
    }),
  }),
  notMustBeLast: problemKind<Record<never, never>>({
    code: "V083",
    severity: "error",
    title: "`not` before other steps",
    explains: "A `not` step is absent until the deadline, so no step can come after it.",
    say: () => ({
      message: "Sequence cannot match: a step stands after `not`, which lasts until the deadline",
      help: "move the `not` step to the end",
    }),
  }),
  firstStepIsNot: problemKind<Record<never, never>>({
    code: "V084",
    severity: "error",
    title: "Sequence that begins with `not`",
    explains: "A sequence begins with an event: time counts from its first step.",
    say: () => ({
      message: "Sequence cannot match: its first step is `not`, so nothing begins it",
      help: "begin with a step that an event can meet, or use `kind: absence`",
    }),
  }),
  badSmoothing: problemKind<{ smooth: string; window: string }>({
    code: "V085",
    severity: "error",
    title: "Smoothing longer than the baseline",
    explains: "A value is judged against its past: the smoothing window must be shorter than the baseline.",
    say: ({ smooth, window }) => ({
      message: `Cannot smooth over ${smooth}: the baseline is ${window} long`,
      help: "shorten `smooth`, or lengthen `baseline.window`",
    }),
  }),
  levelsOutOfOrder: problemKind<{ milder: string; worse: string }>({
    code: "V143",
    severity: "error",
    title: "Levels out of order",
    explains: "A more severe level begins at a greater score: a milder one that begins later could never be told.",
    say: ({ milder, worse }) => ({
      message: `Level "${milder}" is never told: "${worse}" begins no later`,
      help: `give "${worse}" a greater score than "${milder}"`,
    }),
  }),
  unknownDecision: problemKind<{ decision: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V086",
    severity: "error",
    title: "Unknown decision",
    explains: "`alert_on` names decisions of the rule.",
    say: ({ decision, nearest, known }) => ({
      message: `Cannot alert on decision "${decision}": the rule has no such decision`,
      help: nearest === undefined
        ? `decisions are ${known.map((name) => `"${name}"`).join(", ")}`
        : `did you mean "${nearest}"?`,
    }),
  }),
  openDecisions: problemKind<{ last: string }>({
    code: "V087",
    severity: "warning",
    title: "Decisions that may all fail",
    explains: "The first decision that holds wins; when none does, the event has no decision.",
    say: ({ last }) => ({
      message: `No decision may hold: the last one, "${last}", is a condition`,
      help: `end with one that always holds, such as \`approve: true\``,
    }),
  }),
  longBuckets: problemKind<{ resolution: string; window: string }>({
    code: "V088",
    severity: "error",
    title: "Resolution longer than its window",
    explains: "Buckets divide a window: the resolution must be shorter than the window.",
    say: ({ resolution, window }) => ({
      message: `Cannot cut a window of ${window} into buckets of ${resolution}`,
      help: "shorten `resolution`",
    }),
  }),
};
