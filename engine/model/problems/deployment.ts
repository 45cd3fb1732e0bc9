/** Problems of the deployment file: what its structure cannot say (V120 to V129, V136 to V139). Wording lives only here. */
import { nearest, problemKind } from "../problem.ts";

function among(name: string, known: readonly string[], none: string): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? none : `defined are ${known.map((other) => `"${other}"`).join(", ")}`;
}

export const deploymentProblems = {
  missingVariable: problemKind<{ name: string }>({
    code: "V120",
    severity: "error",
    title: "Environment variable that is not set",
    explains:
      "`${env:NAME}` takes its text from the environment of the process. A variable that is not set is no empty text.",
    say: ({ name }) => ({
      message: `The environment has no variable ${name}`,
      help: `set ${name} where the engine starts, or take the text from a file: \${file:/run/secrets/name}`,
    }),
  }),
  missingFile: problemKind<{ path: string; reason: string }>({
    code: "V121",
    severity: "error",
    title: "File of a secret that cannot be read",
    explains: "`${file:/path}` takes the text of a file, without the newline at its end.",
    say: ({ path, reason }) => ({
      message: `Cannot read ${path}: ${reason}`,
      help: "check the path and that the engine may read it",
    }),
  }),
  unknownPlaceholder: problemKind<{ text: string }>({
    code: "V122",
    severity: "error",
    title: "Placeholder that means nothing",
    explains: "Three placeholders are filled in: `${env:NAME}`, `${file:/path}` and `${instance}`.",
    say: ({ text }) => ({
      message: `"${text}" is no placeholder`,
      help: "write ${env:NAME}, ${file:/path} or ${instance}",
    }),
  }),
  plainSecret: problemKind<{ key: string }>({
    code: "V123",
    severity: "warning",
    title: "Secret in the deployment file",
    explains: "Whoever reads the file reads the secret, and version control keeps it for ever.",
    say: ({ key }) => ({
      message: `"${key}" is a secret that stands in the file`,
      help: `take it from the environment or a file: \${env:${key.toUpperCase()}} or \${file:/run/secrets/${key}}`,
    }),
  }),
  unknownSink: problemKind<{ sink: string; known: readonly string[] }>({
    code: "V124",
    severity: "error",
    title: "Sink that nobody defines",
    explains: "`default_sinks` and `always` name sinks of the same file.",
    say: ({ sink, known }) => ({
      message: `No sink is named "${sink}"`,
      help: among(sink, known, "define it under `sinks:`"),
    }),
  }),
  undefinedSink: problemKind<{ sink: string; known: readonly string[] }>({
    code: "V125",
    severity: "error",
    title: "Rule whose sink the deployment does not define",
    explains:
      "Every sink that a live rule names, and every output that its records go to, is defined in the deployment file.",
    say: ({ sink, known }) => ({
      message: `The deployment defines no sink "${sink}"`,
      help: among(sink, known, "define it under `sinks:` of the deployment file"),
    }),
  }),
  badTime: problemKind<{ text: string }>({
    code: "V126",
    severity: "error",
    title: "Start of reading that is no time",
    explains: "`from` is `earliest`, `latest` or an RFC 3339 time.",
    say: ({ text }) => ({
      message: `"from" is no time: ${JSON.stringify(text)}`,
      help: "write earliest, latest or a time such as 2026-01-05T10:00:00Z",
    }),
  }),
  badListen: problemKind<{ text: string }>({
    code: "V127",
    severity: "error",
    title: "Address to listen on that is none",
    explains: "`listen` is a host and a port. Without tokens the server answers on the machine itself only.",
    say: ({ text }) => ({
      message: `Cannot listen on ${JSON.stringify(text)}`,
      help: 'write a host and a port, such as "127.0.0.1:8080"',
    }),
  }),
  openListen: problemKind<{ text: string }>({
    code: "V128",
    severity: "error",
    title: "Server without tokens that others could reach",
    explains:
      "Without tokens the server shows alerts and takes reloads from everybody who reaches it, so it listens on 127.0.0.1 only.",
    say: ({ text }) => ({
      message: `The server would answer everybody on ${text}, and no tokens are configured`,
      help: 'listen on "127.0.0.1:8080", and put a proxy that asks who is there before it',
    }),
  }),
  unknownStream: problemKind<{ stream: string; known: readonly string[] }>({
    code: "V129",
    severity: "error",
    title: "Source of a stream that no contract declares",
    explains: "Sources name streams by the names of their contracts.",
    say: ({ stream, known }) => ({
      message: `No contract declares the stream "${stream}"`,
      help: among(stream, known, "declare it in contracts/streams"),
    }),
  }),
  unreadDatabase: problemKind<{ kind: string }>({
    code: "V136",
    severity: "warning",
    title: "Database that nothing reads yet",
    explains: "Thresholds of customers come from a file. This version keeps nothing in a database.",
    say: ({ kind }) => ({
      message: `Nothing reads "${kind}": this version takes the thresholds of customers from a file`,
      help: "write `database: { file: thresholds.yaml }`",
    }),
  }),
  withoutRedis: problemKind<{ what: "list" | "lookup"; name: string; store: string }>({
    code: "V137",
    severity: "warning",
    title: "List or lookup in Redis, in a deployment without Redis",
    explains:
      "Lists and rows in Redis are read from the Redis of the store. Without one a list is empty and rows have no value.",
    say: ({ what, name, store }) => ({
      message: `The ${what} "${name}" lies in Redis, and the deployment keeps its state in ${store}: it will be empty`,
      help: 'write `store: { redis: "redis://host:6379" }`',
    }),
  }),
  unsignedWebhooks: problemKind<{ tenant: string }>({
    code: "V138",
    severity: "warning",
    title: "Webhooks of customers that are not signed",
    explains: "Without a signature a customer cannot tell an alert from what anybody else posts to the address.",
    say: ({ tenant }) => ({
      message: `The webhook of ${JSON.stringify(tenant)} is not signed: the deployment has no secret for customers`,
      help: 'write `webhooks: { secret: "${env:WEBHOOKS_SECRET}" }`, a text of `whsec_` and 24 to 64 bytes in base64',
    }),
  }),
  badWebhook: problemKind<{ tenant: string }>({
    code: "V139",
    severity: "error",
    title: "Webhook of a customer that is no address",
    explains: "A webhook is called by HTTP.",
    say: ({ tenant }) => ({
      message: `The webhook of ${JSON.stringify(tenant)} is no http or https address`,
      help: "write the whole address, such as https://example.com/alerts",
    }),
  }),
};
