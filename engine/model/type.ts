/** Types of the rule language. There is one number type, the double (language.md §2). */
export type Type =
  | { readonly kind: "number" | "string" | "boolean" | "timestamp" | "duration" | "null" | "any" }
  | { readonly kind: "list"; readonly of: Type }
  | ObjectType;

/** An object with declared fields; further fields may arrive but have no name in expressions. */
export interface ObjectType {
  readonly kind: "object";
  readonly fields: { readonly [name: string]: FieldType };
}

export interface FieldType {
  readonly type: Type;
  /** The field may be absent or null, so reading it may have no value. */
  readonly optional: boolean;
  /** What the contract says of it; shown in help. */
  readonly description: string;
  /** Values of an enumeration, when the contract lists them. */
  readonly values?: readonly string[];
}

export const numberType: Type = { kind: "number" };
export const stringType: Type = { kind: "string" };
export const booleanType: Type = { kind: "boolean" };
export const timestampType: Type = { kind: "timestamp" };
export const anyType: Type = { kind: "any" };

/** How a message names a type: `a number`, `a list of strings`. */
export function describeType(type: Type): string {
  if (type.kind === "list") return `a list of ${describeType(type.of).replace(/^an? /, "")}s`;
  if (type.kind === "object" || type.kind === "any") return type.kind === "any" ? "any value" : "an object";
  return type.kind === "null" ? "null" : `a ${type.kind}`;
}
