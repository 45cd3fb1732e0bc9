/** What can be wrong with a rule as a whole: its streams, key, window, severity and what does not go together. */
import { problemKind } from "../problem.ts";

export const ruleProblems = {
  unknownStream: problemKind<{ stream: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V060",
    severity: "error",
    title: "Unknown stream",
    explains: "`on` names a stream that has no contract under `contracts/streams`.",
    say: ({ stream, nearest, known }) => ({
      message: `Cannot read stream "${stream}": no contract declares it`,
      help: nearest === undefined
        ? `declared streams are ${known.map((name) => `"${name}"`).join(", ") || "none"}`
        : `did you mean "${nearest}"?`,
    }),
  }),
  badWindow: problemKind<{ wrong: string; help: string }>({
    code: "V061",
    severity: "error",
    title: "Window that cannot be cut",
    explains: "The window's sizes do not go together.",
    say: ({ wrong, help }) => ({ message: wrong, help }),
  }),
  longSliding: problemKind<{ size: string }>({
    code: "V062",
    severity: "warning",
    title: "Long sliding window without resolution",
    explains:
      "A sliding window keeps every event of its length. Above one hour, buckets cost less: with `resolution` " +
      "the window's edge is off by at most one bucket.",
    say: ({ size }) => ({
      message: `Sliding window of ${size} keeps every event of its length`,
      help: "add `resolution: 1m` to keep buckets instead of events",
    }),
  }),
  forNeedsRows: problemKind<Record<never, never>>({
    code: "V063",
    severity: "error",
    title: "`for` without windows in a row",
    explains: "`for: n` counts closed windows in a row, so it needs a tumbling or hopping window that speaks on close.",
    say: () => ({
      message: "Cannot count windows in a row: the rule has no tumbling or hopping window that speaks on close",
      help: "remove `for`, or use `window: { tumbling: … }` with `emit: on_close`",
    }),
  }),
  slidingNeverCloses: problemKind<Record<never, never>>({
    code: "V064",
    severity: "error",
    title: "Sliding window that should speak on close",
    explains: "A sliding window moves with every event and never closes, so it can only speak on match.",
    say: () => ({
      message: "Cannot speak on close: a sliding window never closes",
      help: "use `emit: on_match`, or a tumbling, hopping or session window",
    }),
  }),
  sessionNeverResolves: problemKind<Record<never, never>>({
    code: "V065",
    severity: "error",
    title: "`notify_resolved` with sessions",
    explains: "Sessions of a key have no neighbours: there is no next window that could resolve an alert.",
    say: () => ({
      message: "Cannot resolve alerts of sessions: a session has no next window",
      help: "remove `notify_resolved`, or use a tumbling, hopping or sliding window",
    }),
  }),
  noSeverity: problemKind<Record<never, never>>({
    code: "V066",
    severity: "error",
    title: "Rule without severity",
    explains: "Every alert has a severity: the rule's own, or `defaults: { severity }` of the pack.",
    say: () => ({
      message: "Rule has no severity, and the pack has no default",
      help: "add `severity: high` to the rule, or `defaults: { severity: high }` to the pack",
    }),
  }),
  noCondition: problemKind<Record<never, never>>({
    code: "V067",
    severity: "error",
    title: "Rule without condition",
    explains: "A rule that alerts needs `when`, or `criteria` of which at least one must match.",
    say: () => ({
      message: "Rule decides nothing: it has neither `when` nor `criteria`",
      help: "add `when: <condition>`",
    }),
  }),
  badAggregate: problemKind<{ name: string; wrong: string; help: string }>({
    code: "V068",
    severity: "error",
    title: "Aggregate that cannot be computed",
    explains: "An aggregate is a call such as `count()` or `sum(payment.amount)`, or an expression of those above it.",
    say: ({ name, wrong, help }) => ({ message: `Cannot compute aggregate "${name}": ${wrong}`, help }),
  }),
  nestedAggregate: problemKind<{ call: string }>({
    code: "V069",
    severity: "error",
    title: "Aggregate inside an expression",
    explains:
      "Each aggregate has a name of its own; expressions combine names. Only kinds with a window have aggregates.",
    say: ({ call }) => ({
      message: `Cannot use aggregate "${call}" inside an expression`,
      help: `give it a line of its own under \`aggregate\`, as \`name: ${call}\`, and use the name here`,
    }),
  }),
  missingForStream: problemKind<{ what: string; stream: string }>({
    code: "V070",
    severity: "error",
    title: "Nothing given for one of the streams",
    explains: "A map stream → expression needs one entry for each stream of the rule; of a join, for each side.",
    say: ({ what, stream }) => ({
      message: `Map of ${what} has no entry "${stream}"`,
      help: `add \`${stream}: <expression>\``,
    }),
  }),
  oneStreamKey: problemKind<{ stream: string; keys: string }>({
    code: "V145",
    severity: "error",
    title: "Key that events of one stream cannot have",
    explains: "A rule over several streams needs a key for each of them. An expression that reads the events of one " +
      "stream has no value for those of another, so that they would never enter the rule.",
    say: ({ stream, keys }) => ({
      message: `Events of stream "${stream}" have no key here`,
      help: `give every stream its own: \`key: { ${keys} }\``,
    }),
  }),
  streamNotOfRule: problemKind<{ stream: string; streams: readonly string[] }>({
    code: "V071",
    severity: "error",
    title: "Entry for a stream that the rule does not read",
    explains: "The names of a map stream → expression are streams of the rule.",
    say: ({ stream, streams }) => ({
      message: `Rule does not read stream "${stream}"`,
      help: `its streams are ${streams.map((name) => `"${name}"`).join(", ")}`,
    }),
  }),
  keyNeedsName: problemKind<{ expression: string }>({
    code: "V072",
    severity: "error",
    title: "Key part without a name",
    explains: "A part of a key is named by its path; an expression that is no path is written `{ name: expression }`.",
    say: ({ expression }) => ({
      message: `Key part "${expression}" has no name: it is not a path`,
      help: `write \`key: { name: '${expression}' }\``,
    }),
  }),
  keyPartsDiffer: problemKind<{ stream: string; parts: number; expected: number }>({
    code: "V073",
    severity: "error",
    title: "Keys of different length",
    explains: "Every stream of a rule gives the same parts of the key, in the same order.",
    say: ({ stream, parts, expected }) => ({
      message: `Key of stream "${stream}" has ${parts} parts, the others have ${expected}`,
      help: "give every stream the same number of key parts",
    }),
  }),
  keyTypesDiffer: problemKind<{ name: string; first: string; second: string }>({
    code: "V074",
    severity: "error",
    title: "Keys of different types",
    explains: "A part of a key has one type in all streams; a string never equals a number.",
    say: ({ name, first, second }) => ({
      message: `Key part "${name}" has different types: ${first} and ${second}`,
      help: "convert one of them, for example with `string(…)`",
    }),
  }),
  perOutsideKey: problemKind<{ per: string; key: readonly string[] }>({
    code: "V075",
    severity: "error",
    title: "Limit per something outside the key",
    explains: "For a rule with a key, `limit.per` is a subset of the key's parts.",
    say: ({ per, key }) => ({
      message: `Cannot limit per "${per}": it is not a part of the rule's key`,
      help: `the key's parts are ${key.map((name) => `"${name}"`).join(", ") || "none"}`,
    }),
  }),
  unknownContextField: problemKind<{ field: string; nearest: string | undefined }>({
    code: "V076",
    severity: "error",
    title: "Unknown context field",
    explains: "`context` is `event`, or a list of fields of the deciding event.",
    say: ({ field, nearest }) => ({
      message: `Cannot carry field "${field}": no stream of the rule has it`,
      help: nearest === undefined ? "write `context: event` to carry all fields" : `did you mean "${nearest}"?`,
    }),
  }),
  shortLimit: problemKind<{ every: string; window: string }>({
    code: "V077",
    severity: "warning",
    title: "Limit shorter than the window",
    explains:
      "While events are in the window, a shorter limit lets the same ones alert again; a tumbling window speaks " +
      "once, so that such a limit holds nothing back.",
    say: ({ every, window }) => ({
      message: `Limit every ${every} is shorter than the window of ${window}: the same events may alert again`,
      help: `write \`every: ${window}\` or longer, or remove \`limit\``,
    }),
  }),
  unknownParam: problemKind<{ name: string; nearest: string | undefined }>({
    code: "V078",
    severity: "error",
    title: "Unknown parameter",
    explains: "Only parameters that a pack declares under `params` can be set.",
    say: ({ name, nearest }) => ({
      message: `Cannot set parameter "${name}": no pack declares it`,
      help: nearest === undefined ? "write it as `pack.name=value`" : `did you mean "${nearest}"?`,
    }),
  }),
  paramOutOfRange: problemKind<{ name: string; value: string; wants: string }>({
    code: "V079",
    severity: "error",
    title: "Parameter outside its range",
    explains: "A parameter's value has the declared type and lies within `min` and `max`.",
    say: ({ name, value, wants }) => ({
      message: `Parameter "${name}" cannot be ${value}: it must be ${wants}`,
      help: "change the value, or the bounds in the pack",
    }),
  }),
  unusedName: problemKind<{ what: "list" | "condition" | "param" | "lookup"; name: string }>({
    code: "V080",
    severity: "warning",
    title: "Declared and never used",
    explains: "A list, condition, parameter or lookup that no rule of the pack uses is probably a misspelling.",
    say: ({ what, name }) => ({ message: `No rule uses ${what} "${name}"`, help: "remove it, or use it" }),
  }),
  alertCycle: problemKind<{ cycle: readonly string[] }>({
    code: "V089",
    severity: "error",
    title: "Rules that alert on their own alerts",
    explains: "A rule with `on: alerts` must not take alerts that its own alerts lead to, directly or through other " +
      "rules: it would never come to an end.",
    say: ({ cycle }) => ({
      message: `Cannot alert on alerts in a circle: ${cycle.join(" → ")}`,
      help: 'admit the alerts of other rules only, as `where: alert.rule == "sensor-anomaly"`',
    }),
  }),
  recoverWithoutEffect: problemKind<{ wrong: string; help: string }>({
    code: "V140",
    severity: "warning",
    title: "`recover` without effect",
    explains:
      "`recover` ends an episode later than `when` turning false would. A session has no episode, and a tumbling " +
      "or hopping window that speaks on match has one only with `notify_resolved`.",
    say: ({ wrong, help }) => ({ message: `\`recover\` changes nothing: ${wrong}`, help }),
  }),
  evaluateWithoutEffect: problemKind<Record<never, never>>({
    code: "V141",
    severity: "warning",
    title: "`evaluate` without effect",
    explains:
      "`evaluate: event_time` is for rules that decide at an event, or that have a `limit`. A rule that speaks " +
      "when its window closes gives the same alerts in every order of arrival already.",
    say: () => ({
      message: "`evaluate: event_time` changes nothing: the rule decides in event time already",
      help: "remove `evaluate`",
    }),
  }),
  recordWithoutOutput: problemKind<Record<never, never>>({
    code: "V142",
    severity: "error",
    title: "`record` without `emit_to`",
    explains: "`record` says what a record holds; `emit_to` names the sinks that it goes to.",
    say: () => ({
      message: "Record goes nowhere: the rule has no `emit_to`",
      help: "add `emit_to: <sink>`, or remove `record`",
    }),
  }),
  arrivalOrder: problemKind<{ streams: readonly string[] }>({
    code: "V081",
    severity: "note",
    title: "Rule that follows the order of arrival",
    explains: "A rule that decides at an event and whose key is spread over several partitions is true to one " +
      "interleaving of them when it runs live. `evaluate: event_time` gives the same alerts under every interleaving, " +
      "later by the lateness.",
    say: ({ streams }) => ({
      message: `Rule decides at an event while its keys come from several partitions of ${streams.join(", ")}`,
      help: "add `evaluate: event_time` where every replay must give the same alerts as the live run",
    }),
  }),
};
