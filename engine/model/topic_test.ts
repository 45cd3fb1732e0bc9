import { expect } from "expect";
import { parseTopic } from "./topic.ts";

Deno.test("a plain topic matches its own name only, its points are no wildcards", () => {
  const topic = parseTopic("oltp.transactions");
  expect(topic?.isPattern).toBe(false);
  expect(topic?.match("oltp.transactions")).toEqual([]);
  expect(topic?.match("oltp-transactions")).toBeUndefined();
  expect(topic?.match("oltp.transactions.dlq")).toBeUndefined();
});

Deno.test("the places of a pattern hold one or more characters other than a point", () => {
  const topic = parseTopic("factory-{factory}.{type}");
  expect(topic?.places).toEqual(["factory", "type"]);
  expect(topic?.match("factory-lyon.flow")).toEqual(["lyon", "flow"]);
  expect(topic?.match("factory-lyon-2.flow")).toEqual(["lyon-2", "flow"]);
  for (const other of ["factory-.flow", "factory-lyon.flow.dlq", "factory-lyon", "a-factory-lyon.flow"]) {
    expect(topic?.match(other)).toBeUndefined();
  }
});

Deno.test("of two places divided by a dash the first takes as little as it can", () => {
  expect(parseTopic("{a}-{b}")?.match("x-y-z")).toEqual(["x", "y-z"]);
});

Deno.test("a topic with a character that Kafka refuses, or with a loose brace, is none", () => {
  for (const text of ["", "a b", "a/b", "a{b", "a}b", "{}", "{1a}", "{a.b}", "é"]) {
    expect(parseTopic(text)).toBeUndefined();
  }
});
