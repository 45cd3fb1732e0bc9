/**
 * JSON Schema 2020-12, compiled once to code: the only file that knows Ajv. Contracts check events with it, the loader
 * checks documents. Keywords that JSON Schema does not know (`x-personal`) and formats are annotations here, but for
 * `duration` and `offset` in documents.
 */
import { Ajv2020 } from "ajv/2020";
import { parseDuration } from "../model/time.ts";

/** What one value did wrong. `instancePath` is a JSON pointer to it; `params` depend on the keyword. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** Pointer to the keyword in the schema. */
  readonly schemaPath: string;
  /** Of documents only: the keyword's value, the schema that holds it, and the value at fault. */
  readonly schema?: unknown;
  readonly parentSchema?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** True when the value satisfies the schema; else `errors` says what does not, until the next call. */
export interface SchemaCheck {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

/** Numbers beyond a double (1e400 is Infinity after JSON.parse) are no numbers. */
const options = { strict: false, strictNumbers: true, validateFormats: false, logger: false } as const;
const stopAtFirst = new Ajv2020({ ...options, allErrors: false });
const collectAll = new Ajv2020({
  ...options,
  // Schemas of documents are our own and known to be valid; looking again costs a command a tenth of its time.
  validateSchema: false,
  allErrors: true,
  verbose: true,
  validateFormats: true,
  formats: {
    duration: (text: string) => parseDuration(text) !== undefined,
    // The time of an event of a test, since the start.
    offset: (text: string) => parseDuration(text.replace(/^-/, "")) !== undefined,
  },
});

/** Stops at the first error of a value (events), or collects all of them (documents of authors). */
export type SchemaReach = "first" | "all";

/** The check of a schema. Throws an Error whose message says what is wrong when the schema itself is not valid. */
export function compileSchema(schema: Readonly<Record<string, unknown>>, reach: SchemaReach): SchemaCheck {
  const ajv = reach === "all" ? collectAll : stopAtFirst;
  try {
    return ajv.compile(schema);
  } finally {
    // Forgotten at once, so that a schema that is read again after a reload may carry the same `$id`.
    ajv.removeSchema(schema);
  }
}
