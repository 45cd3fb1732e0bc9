/** What can be wrong with a YAML file before any rule is understood: V001 to V029. Wording lives only here. */
import { problemKind } from "../problem.ts";

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Names an author's text by its beginning when it is long. */
const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

export const documentProblems = {
  syntax: problemKind<{ wrong: string; help: string }>({
    code: "V001",
    severity: "error",
    title: "File that is not YAML",
    explains: "The text cannot be read as YAML 1.2. Nothing else in the file is checked until it can.",
    say: ({ wrong, help }) => ({ message: `Cannot read YAML: ${wrong}`, help }),
  }),
  tab: problemKind<{ lines: number }>({
    code: "V002",
    severity: "error",
    title: "Indentation with a tab",
    explains: "YAML allows only spaces at the beginning of a line, because tabs are of no certain width.",
    say: ({ lines }) => ({
      message: "Cannot indent with a tab: YAML allows only spaces",
      ...(lines > 1 ? { notes: [`${lines} lines of this file begin with a tab`] } : {}),
      help: "replace every tab at the beginning of a line by two spaces",
    }),
  }),
  duplicateKey: problemKind<{ keys: readonly string[]; line: number }>({
    code: "V003",
    severity: "error",
    title: "Key that stands twice",
    explains: "A key stands once in a map; of two values YAML would silently keep one.",
    say: ({ keys, line }) => ({
      message: `${keys.length === 1 ? "Key" : "Keys"} ${list(keys)} ${
        keys.length === 1 ? "stands" : "stand"
      } twice in one map`,
      notes: [`"${keys[0] ?? ""}" stands in line ${line} already`],
      help: keys.length === 1
        ? "remove one of them, or rename it"
        : "begin the second of them with `- ` when it is an item of a list",
    }),
  }),
  aliasBomb: problemKind<{ limit: number }>({
    code: "V004",
    severity: "error",
    title: "Aliases that multiply",
    explains: "An alias repeats a node; aliases of aliases multiply it. A file may not grow without bound this way.",
    say: ({ limit }) => ({
      message: `Cannot expand this alias: the aliases of the file stand for more than ${limit} values`,
      help: "write the values out, or put them into a list file",
    }),
  }),
  unknownAnchor: problemKind<{ name: string }>({
    code: "V005",
    severity: "error",
    title: "Alias without its anchor",
    explains: "`*name` repeats the node above it that is marked `&name`, and never one that it stands in.",
    say: ({ name }) => ({
      message: `Cannot expand alias "*${name}": no complete node above it is marked "&${name}"`,
      help: "mark the node that it repeats, or write the text in single quotes when it is no alias",
    }),
  }),
  changedNumber: problemKind<{ text: string; reads: string; number: string }>({
    code: "V006",
    severity: "error",
    title: "Number that YAML would change",
    explains: "A number with leading zeros, with a prefix, or beyond 2^53 is not the value that its text shows. " +
      "What is an identifier belongs in quotes.",
    say: ({ text, reads, number }) => ({
      message: `Number ${text} would change silently: ${reads}`,
      help: `write '${text}' for a text${number === "" ? "" : `, or ${number} for a number`}`,
    }),
  }),
  noNumber: problemKind<{ text: string }>({
    code: "V007",
    severity: "error",
    title: "Number that is none",
    explains: "`.inf` and `.nan` are numbers of YAML, but not of JSON: no event and no threshold can have them.",
    say: ({ text }) => ({
      message: `Cannot use ${text}: it is no number that an event can have`,
      help: `write a finite number, or '${text}' for a text`,
    }),
  }),
  tag: problemKind<{ tag: string }>({
    code: "V008",
    severity: "error",
    title: "YAML tag",
    explains: "Tags such as `!!str` say how YAML reads a value. Quotes say the same, and everyone knows them.",
    say: ({ tag }) => ({
      message: `Cannot use YAML tag "${tag}"`,
      help: "remove it; write a text in single quotes",
    }),
  }),
  oddKey: problemKind<{ found: string }>({
    code: "V009",
    severity: "error",
    title: "Key that is no text",
    explains: "The keys of a map are texts.",
    say: ({ found }) => ({ message: `Cannot use ${found} as a key`, help: "write a text" }),
  }),
  cutText: problemKind<{ text: string; rest: string }>({
    code: "V010",
    severity: "error",
    title: "Text that YAML cuts at ` #`",
    explains: "A `#` after a space begins a comment, inside an expression too.",
    say: ({ text, rest }) => ({
      message: `YAML cuts this text at " #": "${short(rest)}" is a comment`,
      help: `put it in single quotes: ${quote(text)}`,
    }),
  }),
  splitText: problemKind<{ text: string; sign: string }>({
    code: "V011",
    severity: "error",
    title: "Text that YAML splits",
    explains: "`: ` makes a key of what stands before it; between braces or brackets, `,` `[` `]` `{` `}` divide.",
    say: ({ text, sign }) => ({
      message: `YAML splits this text at "${sign}"`,
      help: `put it in single quotes: ${quote(text)}`,
    }),
  }),
  taggedText: problemKind<{ text: string }>({
    code: "V012",
    severity: "error",
    title: "Text that YAML takes for a tag",
    explains: "A `!` at the beginning of a value marks a YAML tag.",
    say: ({ text }) => ({
      message: `YAML takes "${short(text.split(" ")[0] ?? text)}" for a tag, because it begins with "!"`,
      help: `put it in single quotes: ${quote(text)}`,
    }),
  }),
  quotedText: problemKind<{ text: string; sign: string }>({
    code: "V013",
    severity: "error",
    title: "Text whose first sign means something else in YAML",
    explains: "A value that begins with a quote, a brace, a bracket, `@`, `%` or a backtick is not plain text in YAML.",
    say: ({ text, sign }) => ({
      message:
        `YAML reads ${sign === "[" || sign === "{" ? "a collection" : "something else"} here, because the text ` +
        `begins with ${sign === '"' ? "a double quote" : sign === "'" ? "a single quote" : `"${sign}"`}`,
      help: `put it in single quotes: ${quote(text)}`,
    }),
  }),
  unknownKey: problemKind<
    {
      key: string;
      owner: string;
      nearest: string | undefined;
      known: readonly string[];
      hint: string | undefined;
    }
  >({
    code: "V014",
    severity: "error",
    title: "Unknown key",
    explains: "A key that the language does not have at this place is a misspelling, or belongs elsewhere.",
    say: ({ key, owner, nearest, known, hint }) => ({
      message: `Unknown key "${key}" in ${owner}`,
      help: nearest !== undefined
        ? `did you mean "${nearest}"?`
        : hint ?? (known.length === 0 ? "remove it" : `keys that can stand here are ${list(known)}`),
    }),
  }),
  missingKey: problemKind<{ key: string; owner: string; says: string | undefined }>({
    code: "V015",
    severity: "error",
    title: "Missing key",
    explains: "The key must be there; the reference page of the kind shows an example.",
    say: ({ key, owner, says }) => ({
      message: `Missing key "${key}" in ${owner}`,
      help: says === undefined ? `add \`${key}: …\`` : `add \`${key}: …\`. ${says.replace(/\.$/, "")}`,
    }),
  }),
  wrongKind: problemKind<
    { name: string; expected: string; found: string; says: string | undefined; help: string | undefined }
  >({
    code: "V016",
    severity: "error",
    title: "Value of the wrong type",
    explains: "The key takes another type of value.",
    say: ({ name, expected, found, says, help }) => ({
      message: `Cannot read "${name}": expected ${expected}, found ${found}`,
      ...(says === undefined ? {} : { notes: [`"${name}": ${says}`] }),
      ...(help === undefined ? {} : { help }),
    }),
  }),
  unknownWord: problemKind<{ name: string; value: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V017",
    severity: "error",
    title: "Word that is not one of those allowed",
    explains: "The key takes one of a few words.",
    say: ({ name, value, nearest, known }) => ({
      message: `Cannot read "${name}": "${value}" is not one of its words`,
      help: (nearest === undefined ? "" : `did you mean "${nearest}"? `) + `it takes ${list(known)}`,
    }),
  }),
  badDuration: problemKind<{ name: string; value: string; help: string }>({
    code: "V018",
    severity: "error",
    title: "Duration that cannot be read",
    explains: "A duration is a whole number and a unit: `500ms`, `5s`, `10m`, `24h`, `7d`.",
    say: ({ name, value, help }) => ({ message: `Cannot read "${name}": "${value}" is not a duration`, help }),
  }),
  outOfRange: problemKind<{ name: string; wants: string; found: string; help?: string }>({
    code: "V019",
    severity: "error",
    title: "Value outside its bounds",
    explains: "The value is of the right type and still not possible here.",
    say: ({ name, wants, found, help }) => ({
      message: `Cannot use this value of "${name}": it must ${wants}, found ${found}`,
      help: help ?? "change the value",
    }),
  }),
  unknownKind: problemKind<{ kind: string; nearest: string | undefined; known: readonly string[] }>({
    code: "V020",
    severity: "error",
    title: "Unknown kind of rule",
    explains: "`kind` says how a rule decides; each kind has a page in the reference.",
    say: ({ kind, nearest, known }) => ({
      message: `Cannot find kind "${kind}"`,
      help: (nearest === undefined ? "" : `did you mean "${nearest}"? `) + `kinds are ${list(known)}`,
    }),
  }),
  duplicateRule: problemKind<{ id: string }>({
    code: "V021",
    severity: "error",
    title: "Two rules with one id",
    explains: "Alerts, tests and state name a rule by its id, which is therefore unique in the pack.",
    say: ({ id }) => ({
      message: `Rule id "${id}" is taken: a rule above has it`,
      help: "give one of the rules another id",
    }),
  }),
  duplicatePack: problemKind<{ pack: string; otherFile: string }>({
    code: "V022",
    severity: "error",
    title: "Two packs with one name",
    explains: "A rule's full name is `pack/rule`, so the name of a pack is unique.",
    say: ({ pack, otherFile }) => ({
      message: `Pack name "${pack}" is taken`,
      notes: [`${otherFile} has it`],
      help: "rename one of the packs, or move its rules into the other",
    }),
  }),
  listFileMissing: problemKind<{ name: string; path: string; reason: string }>({
    code: "V023",
    severity: "error",
    title: "List file that cannot be read",
    explains: "`file` is relative to the pack that names it; the file has one value a line, `#` begins a comment line.",
    say: ({ name, path, reason }) => ({
      message: `Cannot read list "${name}" from ${path}: ${reason}`,
      help: "write the path relative to this file",
    }),
  }),
  badListValue: problemKind<{ name: string; value: string; wants: string; where: string }>({
    code: "V024",
    severity: "error",
    title: "List with a value of another type",
    explains: "The values of a list are all strings, or all numbers (`type: number` for lists from files and Redis).",
    say: ({ name, value, wants, where }) => ({
      message: `Cannot use ${value} in list "${name}": expected a ${wants}`,
      ...(where === "" ? {} : { notes: [where] }),
      help: wants === "string" ? `write it in quotes: '${value}'` : "remove it, or make all values strings",
    }),
  }),
  badParameter: problemKind<{ name: string; wrong: string }>({
    code: "V025",
    severity: "error",
    title: "Parameter whose default does not fit",
    explains:
      "The default of a parameter has the declared type and lies within `min` and `max`, which only numbers have.",
    say: ({ name, wrong }) => ({
      message: `Cannot use parameter "${name}": ${wrong}`,
      help: "change the default, the type or the bounds",
    }),
  }),
  emptyFile: problemKind<{ what: string }>({
    code: "V026",
    severity: "error",
    title: "Empty file",
    explains: "A file without content is probably an accident; delete it, or write what it should hold.",
    say: ({ what }) => ({ message: `File holds nothing: expected ${what}`, help: "write it, or delete the file" }),
  }),
  unreadable: problemKind<{ path: string; reason: string }>({
    code: "V027",
    severity: "error",
    title: "File or folder that cannot be read",
    explains: "What was named does not exist, or cannot be read.",
    say: ({ path, reason }) => ({ message: `Cannot read ${path}: ${reason}`, help: "check the spelling of the path" }),
  }),
  nothingFound: problemKind<{ path: string; what: string; pattern: string }>({
    code: "V028",
    severity: "error",
    title: "Folder without what was looked for",
    explains: "Nothing to check is never good: a misspelt path would pass unnoticed.",
    say: ({ path, what, pattern }) => ({
      message: `Cannot find ${what} in ${path}`,
      help: `they are named ${pattern}; check the spelling of the path`,
    }),
  }),
  noBreakSpace: problemKind<{ count: number }>({
    code: "V029",
    severity: "error",
    title: "No-break space",
    explains:
      "A no-break space looks like a space and is another sign, to YAML a letter like any other. It comes with " +
      "text that is copied from web pages and word processors.",
    say: ({ count }) => ({
      message: "Cannot read a no-break space, which only looks like a space",
      ...(count > 1 ? { notes: [`this file has ${count} of them`] } : {}),
      help: "write a space in its place",
    }),
  }),
} as const;
