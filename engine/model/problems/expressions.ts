/** What can be wrong with an expression, a condition tree, a template: V030 to V059. */
import { problemKind } from "../problem.ts";

/** `"a", "b" and "c"`. */
function listed(names: readonly string[], empty = "none"): string {
  const quoted = names.map((name) => `"${name}"`);
  if (quoted.length <= 1) return quoted[0] ?? empty;
  return `${quoted.slice(0, -1).join(", ")} and ${quoted[quoted.length - 1]}`;
}

/** The nearest name, or the names there are. */
function suggestion(nearest: string | undefined, fallback: string): string {
  return nearest === undefined ? fallback : `did you mean "${nearest}"?`;
}

export const expressionProblems = {
  syntax: problemKind<{ wrong: string; help: string | undefined }>({
    code: "V030",
    severity: "error",
    title: "Expression that cannot be read",
    explains: "The text is not an expression of the Common Expression Language (CEL). Strings stand in quotes, `&&`, " +
      "`||` and `!` combine conditions, `==` compares.",
    say: ({ wrong, help }) => ({
      message: `Cannot read expression: ${wrong}`,
      help: help ?? 'an expression looks like `payment.amount > 100 && payment.country == "FR"`',
    }),
  }),
  typeMismatch: problemKind<
    { action: string; expected: string; found: string; declared: string | undefined; help: string | undefined }
  >({
    code: "V031",
    severity: "error",
    title: "Types that do not go together",
    explains: "Types come from the contract's schema. A string never equals a number, and only numbers, strings, " +
      "timestamps and durations have an order. `string(…)` and `double(…)` convert.",
    say: ({ action, expected, found, declared, help }) => ({
      message: `Cannot ${action}: expected ${expected}, found ${found}`,
      ...(declared === undefined ? {} : { notes: [declared] }),
      ...(help === undefined ? {} : { help }),
    }),
  }),
  unknownVariable: problemKind<
    { name: string; hint: string | undefined; known: readonly string[]; note: string | undefined }
  >({
    code: "V032",
    severity: "error",
    title: "Unknown name",
    explains: "Expressions name the streams of their rule by alias, aggregates that stand above, `time`, " +
      "`lists.<name>`, `params.<name>`, `lookup.<name>`, and, where the rule has them, `matched`, `score`, `decision` " +
      "and `change`.",
    say: ({ name, hint, known, note }) => ({
      message: `Cannot find "${name}": nothing here has this name`,
      ...(note === undefined ? {} : { notes: [note] }),
      help: hint ?? `names that can be used here are ${listed(known)}; a text stands in quotes`,
    }),
  }),
  unknownField: problemKind<
    {
      owner: string;
      field: string;
      nearest: string | undefined;
      known: readonly string[];
      declared: string | undefined;
    }
  >({
    code: "V033",
    severity: "error",
    title: "Unknown field",
    explains: "The field is not declared by the schema of the stream, the list of the pack, or the lookup.",
    say: ({ owner, field, nearest, known, declared }) => ({
      message: `Cannot find field "${field}" of "${owner}"`,
      ...(declared === undefined ? {} : { notes: [declared] }),
      help: (nearest === undefined ? "" : `did you mean "${nearest}"? `) + `"${owner}" has ${listed(known)}`,
    }),
  }),
  unknownFunction: problemKind<{ call: string; hint: string | undefined; known: readonly string[] }>({
    code: "V034",
    severity: "error",
    title: "Unknown function",
    explains: "The functions are CEL's own, a few of strings, and `math`. There are no others.",
    say: ({ call, hint, known }) => ({
      message: `Cannot call "${call}": there is no such function`,
      help: hint ?? `functions are ${known.join(", ")}`,
    }),
  }),
  wrongArguments: problemKind<{ call: string; takes: string; found: string }>({
    code: "V035",
    severity: "error",
    title: "Wrong arguments",
    explains: "The function takes other arguments, in number or in type.",
    say: ({ call, takes, found }) => ({
      message: `Cannot call "${call}" with ${found}`,
      help: `it takes ${takes}`,
    }),
  }),
  wrongType: problemKind<
    {
      source: string;
      /** What was to be done with it, such as `sum`; undefined where it was to be used as it is. */
      use: string | undefined;
      expected: string;
      found: string;
      declared: string | undefined;
      help: string | undefined;
    }
  >({
    code: "V036",
    severity: "error",
    title: "Expression of the wrong type",
    explains:
      "A condition must be true or false; a key, a string, a number or a boolean; an aggregate says what it takes.",
    say: ({ source, use, expected, found, declared, help }) => ({
      message: `Cannot ${use ?? "use"} "${source}"${
        use === undefined ? " here" : ""
      }: expected ${expected}, found ${found}`,
      ...(declared === undefined ? {} : { notes: [declared] }),
      ...(help === undefined ? {} : { help }),
    }),
  }),
  optionalWithoutHas: problemKind<{ path: string; ask: string; declared: string }>({
    code: "V037",
    severity: "warning",
    title: "Optional field read without `has`",
    explains:
      "The contract lets events omit the field. A condition that meets a missing value has no value, which counts " +
      "as false. `has(payment.device_id) && …` says that this is meant.",
    say: ({ path, ask, declared }) => ({
      message: `Condition reads "${path}", which events may omit, without asking for it`,
      notes: [declared],
      help: `write \`has(${ask}) && …\``,
    }),
  }),
  constantCondition: problemKind<{ source: string; value: boolean }>({
    code: "V038",
    severity: "warning",
    title: "Condition that never changes",
    explains: "The literals and types alone decide the condition, so no event can change it.",
    say: ({ source, value }) => ({
      message: `Condition "${source}" is always ${value}`,
      help: value ? "remove it, or compare with a field" : "remove the rule, or compare with a value that can occur",
    }),
  }),
  unknownEnumValue: problemKind<
    { path: string; value: string; nearest: string | undefined; known: readonly string[]; declared: string | undefined }
  >({
    code: "V039",
    severity: "warning",
    title: "Value that the contract does not list",
    explains: "The contract lists the values of the field. A comparison with another one never holds.",
    say: ({ path, value, nearest, known, declared }) => ({
      message: `Comparison of "${path}" with "${value}" never holds: the contract lists other values`,
      ...(declared === undefined ? {} : { notes: [declared] }),
      help: (nearest === undefined ? "" : `did you mean "${nearest}"? `) + `its values are ${listed(known)}`,
    }),
  }),
  badPattern: problemKind<{ pattern: string; wrong: string }>({
    code: "V040",
    severity: "error",
    title: "Regular expression that RE2 refuses",
    explains: "`matches()` takes the syntax of RE2, which guarantees linear time: no backreferences and no lookaround.",
    say: ({ pattern, wrong }) => ({
      message: `Cannot use pattern "${pattern}": ${wrong}`,
      help: "RE2 has no backreferences and no lookaround; see its syntax page",
    }),
  }),
  nullComparison: problemKind<{ source: string; path: string; equal: boolean }>({
    code: "V041",
    severity: "warning",
    title: "Comparison with null",
    explains: "A missing or null field has no value, and so has every comparison of it. `has` asks for it.",
    say: ({ source, path, equal }) => ({
      message: `Comparison "${source}" has no value where "${path}" is missing or null`,
      help: equal ? `write \`!has(${path})\`` : `write \`has(${path})\``,
    }),
  }),
  refusedLiteral: problemKind<{ text: string; wrong: string; help: string }>({
    code: "V042",
    severity: "error",
    title: "Literal that the language does not have",
    explains: "There is one number type, the double: integers beyond 2^53 would change silently. Bytes, unsigned " +
      "integers and maps have no use in conditions.",
    say: ({ text, wrong, help }) => ({ message: `Cannot use ${text}: ${wrong}`, help }),
  }),
  hasNeedsField: problemKind<{ source: string; isEvent: boolean }>({
    code: "V043",
    severity: "error",
    title: "`has` without a field",
    explains:
      "`has` asks whether a field has a value, so its argument is a path such as `payment.device_id`. The event " +
      "itself is always there, except in rules over several streams.",
    say: ({ source, isEvent }) => ({
      message: `Cannot ask "has(${source})": "${source}" is ${
        isEvent ? "the whole event, which is always there" : "not a field"
      }`,
      help: isEvent
        ? `name a field, as in \`has(${source}.field)\`, or leave it out`
        : "write `has(payment.device_id)`",
    }),
  }),
  librarySays: problemKind<{ source: string; wrong: string }>({
    code: "V044",
    severity: "error",
    title: "Expression that the CEL type checker refuses",
    explains: "The checker of the CEL library found a mistake that has no wording of its own.",
    say: ({ source, wrong }) => ({ message: `Cannot check "${source}": ${wrong}` }),
  }),
  unknownCondition: problemKind<{ name: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V045",
    severity: "error",
    title: "Unknown condition",
    explains: "`{ condition: name }` names a condition that the pack declares under `conditions`.",
    say: ({ name, nearest, known }) => ({
      message: `Cannot find condition "${name}": the pack does not declare it`,
      help: suggestion(nearest, `its conditions are ${listed(known)}`),
    }),
  }),
  conditionCycle: problemKind<{ cycle: readonly string[] }>({
    code: "V046",
    severity: "error",
    title: "Conditions that name each other",
    explains: "A named condition cannot contain itself, directly or through others.",
    say: ({ cycle }) => ({
      message: `Cannot expand condition "${cycle[0] ?? ""}": it contains itself, ${cycle.join(" → ")}`,
      help: "break the cycle by writing one of them out",
    }),
  }),
  badTree: problemKind<{ wrong: string; help: string }>({
    code: "V047",
    severity: "error",
    title: "Condition tree of the wrong shape",
    explains: "A condition is an expression, `all`, `any`, `not`, `{ condition: name }`, or a json-rules-engine leaf " +
      "`{ fact, path, operator, value }`.",
    say: ({ wrong, help }) => ({ message: `Cannot read condition: ${wrong}`, help }),
  }),
  unknownOperator: problemKind<{ operator: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V048",
    severity: "error",
    title: "Unknown operator",
    explains: "The operators of a leaf are the ten of json-rules-engine.",
    say: ({ operator, nearest, known }) => ({
      message: `Cannot use operator "${operator}": there is no such operator`,
      help: suggestion(nearest, `operators are ${listed(known)}`),
    }),
  }),
  badPath: problemKind<{ path: string }>({
    code: "V049",
    severity: "error",
    title: "Path that is not simple",
    explains: "The path of a leaf names one field: `$.amount`, `$.card.country`, `$.tags[0]`. Wildcards, filters and " +
      "recursive descent are not supported.",
    say: ({ path }) => ({
      message: `Cannot follow path "${path}": it does not name one field`,
      help: /^[A-Za-z_][\w.]*$/.test(path)
        ? `write \`$.${path}\``
        : "write `$.field`, `$.object.field` or `$.list[0]`; for anything else use an expression",
    }),
  }),
  badTemplate: problemKind<{ wrong: string; help: string }>({
    code: "V050",
    severity: "error",
    title: "Template that cannot be read",
    explains: "A template is text with `{expression}` places; `{{` and `}}` stand for braces.",
    say: ({ wrong, help }) => ({ message: `Cannot read template: ${wrong}`, help }),
  }),
  doubledBraces: problemKind<{ text: string; inner: string }>({
    code: "V052",
    severity: "warning",
    title: "Doubled braces around a name",
    explains:
      "`{{` and `}}` stand for single braces, so that a message can hold them. Other languages put values between " +
      "doubled braces; here single ones do it.",
    say: ({ text, inner }) => ({
      message: `"${text}" shows the text "{${inner}}", and no value`,
      help: `write \`{${inner}}\``,
    }),
  }),
  badLeafValue: problemKind<{ operator: string; expected: string; found: string; help: string | undefined }>({
    code: "V051",
    severity: "error",
    title: "Value that does not fit the operator",
    explains:
      "`in` and `notIn` take a list, `contains` and `doesNotContain` ask a list field, the four orderings take " +
      "numbers, `equal` and `notEqual` a value of the field's type.",
    say: ({ operator, expected, found, help }) => ({
      message: `Cannot apply operator "${operator}": expected ${expected}, found ${found}`,
      help: help ?? "change the value, or use an expression",
    }),
  }),
};
