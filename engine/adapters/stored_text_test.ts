import { expect } from "expect";
import { sealed, unsealed } from "./stored_text.ts";

Deno.test("what is stored begins with its format, and comes back as it was", () => {
  for (const text of ["", "1:", "2:x", "é\0", "{}"]) {
    expect(sealed(text)).toMatch(/^1:/);
    expect(unsealed(sealed(text))).toBe(text);
  }
});

Deno.test("a value of a later format, or of something else, is refused", () => {
  const refused = (message: string) => expect.objectContaining({ state: "refused", message });
  expect(() => unsealed("2:{}")).toThrow(refused(
    "The store holds a value of format 2, and this version of Vigie reads format 1: use the version that wrote it",
  ));
  expect(() => unsealed("customer")).toThrow(refused(
    'The store holds a value that Vigie did not write ("customer"): give it a place of its own',
  ));
});
