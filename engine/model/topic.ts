/**
 * Topics as contracts write them: plain names, or patterns with `{field}` places (language.md §1). A place stands for one
 * or more characters other than `.`; where two places are divided by something else, the first takes as little as it can.
 */

/** A topic of a contract, ready to be compared with the names of a broker. */
export interface TopicPattern {
  /** True for a pattern: new topics may come to match it while the engine runs. */
  readonly isPattern: boolean;
  /** Fields that the places fill, in their order. */
  readonly places: readonly string[];
  /** The text of each place when the topic matches, else undefined. */
  readonly match: (topic: string) => readonly string[] | undefined;
  /** The same as a regular expression over whole names, for subscriptions. */
  readonly expression: RegExp;
}

/** Reads a topic of a contract; undefined when its braces do not pair up or a character cannot stand in a topic. */
export function parseTopic(text: string): TopicPattern | undefined {
  const pieces = text.split(/(\{[A-Za-z][A-Za-z0-9_]*\})/);
  const places = pieces.filter((_, index) => index % 2 === 1).map((place) => place.slice(1, -1));
  const names = pieces.filter((_, index) => index % 2 === 0);
  if (text.length === 0 || names.some((name) => !/^[A-Za-z0-9._-]*$/.test(name))) return undefined;
  const source = pieces.map((piece, index) => index % 2 === 1 ? "([^.]+?)" : piece.replaceAll(".", "\\.")).join("");
  const expression = new RegExp(`^${source}$`);
  return { isPattern: places.length > 0, places, match: (topic) => expression.exec(topic)?.slice(1), expression };
}
