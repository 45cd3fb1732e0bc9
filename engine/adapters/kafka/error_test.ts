/** Which answers of a broker are worth another try, whatever the library says of them. */
import { expect } from "expect";
import errors from "kafkajs/src/errors.js";
import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import { outOfRangeOf, reasonOf, stateOf } from "./error.ts";

/** As the library throws it once it has given up, or without having tried again at all. */
function thrown(code: number): readonly Error[] {
  const { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = errors;
  const error = new KafkaJSProtocolError(createErrorFromCode(code));
  const tried = { retryCount: 5, retryTime: 8_500, cause: error };
  return [
    error,
    new KafkaJSNumberOfRetriesExceeded(error, tried),
    new KafkaJSNonRetriableError(error, { cause: error }),
  ];
}

Deno.test("too few replicas in sync are worth another try, though the library says that they are final", () => {
  for (const [code, type] of [[19, "NOT_ENOUGH_REPLICAS"], [20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND"]] as const) {
    for (const error of thrown(code)) {
      expect([stateOf(error), reasonOf(error)]).toEqual(["retry", expect.stringContaining(type)]);
    }
  }
});

Deno.test("only what a broker says of the message itself is final", () => {
  const final = [2, 10, 17, 18, 87];
  for (let code = 1; code <= 90; code++) {
    for (const error of thrown(code)) {
      expect({ code, isFinal: stateOf(error) === "final" }).toEqual({ code, isFinal: final.includes(code) });
    }
  }
});

Deno.test("an offset that is gone is told from every other error", () => {
  const gone = Object.assign(new Error("gone"), { name: "KafkaJSOffsetOutOfRange", topic: "t", partition: 3 });
  expect(outOfRangeOf(new Error("given up", { cause: gone }))).toEqual({ topic: "t", partition: 3 });
  for (const error of [...thrown(19), new Error("x"), undefined]) expect(outOfRangeOf(error)).toBe(undefined);
});
