/** What can be wrong with a file of tests: V090 to V099. A test that tests nothing is an error. */
import { problemKind } from "../problem.ts";

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

export const testProblems = {
  noTests: problemKind<Record<never, never>>({
    code: "V090",
    severity: "error",
    title: "Test file without tests",
    explains: "A file without tests would pass and prove nothing.",
    say: () => ({
      message: "File has no tests",
      help: "add `tests:` with a name, given events and expected alerts",
    }),
  }),
  unknownPack: problemKind<{ pack: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V091",
    severity: "error",
    title: "Tests of a pack that does not exist",
    explains: "`pack` names the pack that the file tests; it must be among the packs that are loaded.",
    say: ({ pack, nearest, known }) => ({
      message: `Cannot test pack "${pack}": no pack of this name was loaded`,
      help: nearest !== undefined
        ? `did you mean "${nearest}"?`
        : known.length === 0
        ? "check the tests together with their pack"
        : `packs are ${list(known)}`,
    }),
  }),
  unknownRule: problemKind<{ rule: string; pack: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V092",
    severity: "error",
    title: "Expectation of a rule that does not exist",
    explains: "`rule` of an expectation is the id of a rule of the pack.",
    say: ({ rule, pack, nearest, known }) => ({
      message: `Cannot expect rule "${rule}": pack "${pack}" does not have it`,
      help: nearest !== undefined
        ? `did you mean "${nearest}"?`
        : known.length === 0
        ? "the pack has no rules"
        : `its rules are ${list(known)}`,
    }),
  }),
  unknownStream: problemKind<{ stream: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V093",
    severity: "error",
    title: "Event of a stream that does not exist",
    explains: "A line of `given` names a stream of the contracts, or `advance: true`.",
    say: ({ stream, nearest, known }) => ({
      message: `Cannot give an event of stream "${stream}": no contract declares it`,
      help: nearest === undefined ? `streams are ${list(known)}` : `did you mean "${nearest}"?`,
    }),
  }),
  badStart: problemKind<{ start: string }>({
    code: "V094",
    severity: "error",
    title: "Start that is no time",
    explains: "`start` is the time of `at: 0s`, in RFC 3339.",
    say: ({ start }) => ({
      message: `Cannot read start "${start}": it is no time`,
      help: "write it as 2026-01-05T10:00:00Z",
    }),
  }),
  emptyLine: problemKind<Record<never, never>>({
    code: "V095",
    severity: "error",
    title: "Line of `given` without an event",
    explains: "A line gives an event, or moves the time with `advance: true`.",
    say: () => ({
      message: "Line gives no event",
      help: "name a stream, as `payments: { … }`, or write `advance: true`",
    }),
  }),
  duplicateTest: problemKind<{ name: string }>({
    code: "V096",
    severity: "error",
    title: "Two tests with one name",
    explains: "The report names a test by its name.",
    say: ({ name }) => ({ message: `Test name "${name}" is taken`, help: "say what is different about this one" }),
  }),
  unknownField: problemKind<
    { field: string; stream: string; nearest: string | undefined; schemaFile: string }
  >({
    code: "V098",
    severity: "warning",
    title: "Field of a test that the contract does not declare",
    explains: "No rule can read a field that the contract does not declare, so that a misspelt one changes nothing.",
    say: ({ field, stream, nearest, schemaFile }) => ({
      message: `Events of "${stream}" have no field "${field}": it changes nothing`,
      notes: [`fields are declared in ${schemaFile}`],
      help: nearest === undefined ? "remove it, or declare it in the contract" : `did you mean "${nearest}"?`,
    }),
  }),
  oneDirection: problemKind<{ given: readonly string[] }>({
    code: "V097",
    severity: "error",
    title: "Threshold without a direction, or with two",
    explains: "A threshold has a value to be above, or a value to be below. Who wants both writes two thresholds.",
    say: ({ given }) => ({
      message: given.length === 0
        ? "Threshold has neither `above` nor `below`"
        : "Threshold has both `above` and `below`",
      help: given.length === 0 ? "add `above: …` or `below: …`" : "write two thresholds",
    }),
  }),
} as const;
