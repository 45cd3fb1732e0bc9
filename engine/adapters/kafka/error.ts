/** Errors of Kafka in our words: why, and whether it is worth trying again. */

/** `final`: the request itself is at fault. `away`: no broker answers. `retry`: it may pass, or the operator can mend it. */
export type KafkaState = "final" | "away" | "retry";

export class KafkaError extends Error {
  override readonly name = "KafkaError";

  constructor(message: string, readonly state: KafkaState, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Broker answers that say that the message itself can never be taken. A time that a broker does not take is none of them:
 * a message without one of its own has that of this machine's clock, which the operator can set.
 */
const finalTypes = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TOPIC_EXCEPTION",
  "CORRUPT_MESSAGE",
]);

/** The innermost cause that has something to say. */
function causeOf(error: unknown): { message: string; name: string; type: string | undefined } {
  const seen = new Set<unknown>();
  let at = error;
  while (at instanceof Error && !seen.has(at)) {
    seen.add(at);
    const inner = at.cause ?? firstOf(at);
    if (!(inner instanceof Error)) break;
    at = inner;
  }
  if (!(at instanceof Error)) return { message: String(at), name: "Error", type: undefined };
  const type = "type" in at && typeof at.type === "string" ? at.type : undefined;
  return { message: at.message, name: at.name, type };
}

/** The partition of which a position is asked that it does not hold; undefined for any other error. */
export function outOfRangeOf(error: unknown): { readonly topic: string; readonly partition: number } | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name !== "KafkaJSOffsetOutOfRange" || !("topic" in at) || !("partition" in at)) continue;
    return { topic: String(at.topic), partition: Number(at.partition) };
  }
  return undefined;
}

/** Creating several topics fails with a list of errors. */
function firstOf(error: Error): unknown {
  return "errors" in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
}

/** One sentence without the library's names. */
export function reasonOf(error: unknown): string {
  const { message, type } = causeOf(error);
  const text = message.replace(/^(KafkaJS\w*|Error): /, "").replace(/\s+/g, " ").trim() || "no reason given";
  return type === undefined || type === "UNKNOWN" ? text : `${text} (${type})`;
}

/** Whether a broker gave the error as its answer; any other leaves the connection in doubt. */
export function isAnswer(error: unknown): boolean {
  return causeOf(error).type !== undefined;
}

export function stateOf(error: unknown): KafkaState {
  const { name, message, type } = causeOf(error);
  if (type !== undefined && finalTypes.has(type)) return "final";
  return /Connection|NoBroker|BrokerNotFound/.test(name) || /ECONN|ENOTFOUND|EAI_AGAIN|refused|timeout/i.test(message)
    ? "away"
    : "retry";
}
