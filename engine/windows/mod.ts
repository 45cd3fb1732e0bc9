/** Every window that rules can have; a further one is one file and one line here. */
import type { Fields } from "../model/value.ts";
import { durationSchema } from "./cut/duration.ts";
import { hopping } from "./hopping.ts";
import { session } from "./session.ts";
import { sliding } from "./sliding.ts";
import { tumbling } from "./tumbling.ts";
import type { Window, WindowKind, Wrong } from "./window.ts";

export const windows = { tumbling, hopping, sliding, session } satisfies Record<string, WindowKind>;

const kinds: readonly WindowKind[] = Object.values(windows);

/** The window that `window` of a rule describes, such as `{ tumbling: 5m, offset: 1h }`, or what is wrong with it. */
export function createWindow(spec: Fields): Window | Wrong {
  const chosen = kinds.filter((kind) => spec[kind.name] !== undefined);
  const [kind] = chosen;
  const glued = Object.keys(spec).find((name) => kinds.some((known) => name.startsWith(`${known.name}:`)));
  if (kind === undefined || chosen.length > 1) {
    return {
      wrong: kind === undefined
        ? "Cannot tell the kind of the window: it names none"
        : `Cannot tell the kind of the window: it names ${chosen.map(({ name }) => `"${name}"`).join(" and ")}`,
      help: kind === undefined && glued !== undefined
        ? `leave a space behind the colon: \`${glued.replace(":", ": ")}\``
        : `write one of ${kinds.map(({ example }) => `\`${example}\``).join(", ")}`,
    };
  }
  const stray = Object.keys(spec).find((name) => name !== kind.name && !(name in kind.options));
  if (stray !== undefined) {
    const options = Object.keys(kind.options).map((name) => `"${name}"`).join(", ");
    return {
      wrong: `A ${kind.name} window has no "${stray}"`,
      help: options === "" ? `remove "${stray}"` : `beside "${kind.name}" it may have ${options}`,
      at: stray,
    };
  }
  return kind.create(spec);
}

/** JSON Schema of the property `window` of a rule: one of the kinds, each with its own options. */
export function windowSchema() {
  return {
    description: `The window of time: ${kinds.map(({ example }) => `\`${example}\``).join(", ")}.`,
    oneOf: kinds.map((kind) => ({
      type: "object",
      description: kind.summary,
      properties: { [kind.name]: durationSchema(kind.size), ...kind.options },
      required: [kind.name, ...kind.required ?? []],
      additionalProperties: false,
    })),
  };
}
