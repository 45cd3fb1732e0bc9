/** Problems of routes and of personal data in the deployment (V130 to V138). Wording lives only here. */
import { nearest, problemKind } from "../problem.ts";

export const routeProblems = {
  unknownSink: problemKind<{ sink: string; known: readonly string[] }>({
    code: "V130",
    severity: "error",
    title: "Route to a sink that nobody defines",
    explains: "Routes name sinks of the same deployment file.",
    say: ({ sink, known }) => {
      const near = nearest(sink, known);
      const defined = known.length === 0
        ? "define it under `sinks:`"
        : `defined are ${known.map((other) => `"${other}"`).join(", ")}`;
      return {
        message: `No sink is named "${sink}"`,
        help: near === undefined ? defined : `did you mean "${near}"?`,
      };
    },
  }),
  unreachable: problemKind<{ taker: string; line: string }>({
    code: "V131",
    severity: "warning",
    title: "Route that no alert reaches",
    explains:
      "Routes are asked in their order, and the first that takes an alert keeps it, unless it says `continue: true`. A route " +
      "behind one that takes everything, or one whose condition can never hold, tells nobody anything.",
    say: ({ taker, line }) => ({
      message: `No alert reaches this route: ${taker}`,
      help: line,
    }),
  }),
  noSinks: problemKind<Record<never, never>>({
    code: "V132",
    severity: "error",
    title: "Route that leads nowhere",
    explains: "A route names sinks, inherits those of the route above it, or has routes of its own that do.",
    say: () => ({
      message: "The route names no sinks and inherits none",
      help: "add `sinks: [name]` to it or to the route above",
    }),
  }),
  ruleReachesNobody: problemKind<{ rule: string }>({
    code: "V133",
    severity: "warning",
    title: "Rule whose alerts reach nobody",
    explains:
      "A live rule raises alerts, and the deployment gives them to no one: the rule names no `sinks`, there are no " +
      "`default_sinks` and no `always`, and no route takes them.",
    say: ({ rule }) => ({
      message: `Alerts of "${rule}" reach nobody`,
      help:
        "name `sinks:` in the rule or in the pack's defaults, or add a route, `default_sinks` or `always` to the deployment",
    }),
  }),
  badMute: problemKind<{ wrong: string; help: string }>({
    code: "V134",
    severity: "error",
    title: "Mute that is no stretch of time",
    explains:
      'A mute is a stretch of the wall clock: `{ days: [sat, sun], from: "22:00", to: "07:00", timezone: Europe/Paris }`. ' +
      "Days are those on which it begins, every day by default; without times it lasts the whole day.",
    say: ({ wrong, help }) => ({ message: wrong, help }),
  }),
  guessableIds: problemKind<{ rule: string; field: string }>({
    code: "V135",
    severity: "warning",
    title: "Ids that are made of a personal field, without a key",
    explains:
      "Ids and fingerprints are made of a rule's key. Where that holds a personal field, they are made with `privacy.key`, " +
      "so that nobody can try values until an id fits. Without a key they are plain hashes.",
    say: ({ rule, field }) => ({
      message: `Ids of "${rule}" are made of the personal field ${field}, and could be guessed`,
      help: 'set `privacy: { key: "${env:PRIVACY_KEY}" }`',
    }),
  }),
};
