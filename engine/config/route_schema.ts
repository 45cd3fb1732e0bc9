/** The structure of `routes:` in the deployment file: a tree of nodes, each checked and completed the same way. */

const duration = { type: "string", format: "duration" } as const;
const text = { type: "string", minLength: 1 } as const;

const mute = {
  type: "object",
  additionalProperties: false,
  required: ["timezone"],
  properties: {
    days: {
      description: "Days on which it begins; every day by default.",
      type: "array",
      minItems: 1,
      items: { enum: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] },
    },
    from: { description: 'Time of day on the wall clock, such as "22:00"; midnight by default.', ...text },
    to: { description: "Its end, on the next day where it is not later than `from`; midnight by default.", ...text },
    timezone: { description: "IANA name, such as Europe/Paris.", ...text },
  },
} as const;

/** One node; `routes` below it are nodes again. */
export const routeSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    match: {
      description: "A condition over `alert`; without one every alert is taken.",
      type: ["string", "boolean", "object"],
    },
    sinks: {
      description: "Who is told; those of the route above by default.",
      anyOf: [text, { type: "array", minItems: 1, items: text }],
    },
    continue: { description: "Routes behind this one are asked too.", type: "boolean" },
    group_by: {
      description: "Expressions over `alert`: alerts for which they are equal go out together; [] is one group.",
      anyOf: [text, { type: "array", items: text }],
    },
    first_notice_after: { description: "How long a new group waits for others.", ...duration },
    update_at_most_every: { description: "Shortest time between two notices of a group.", ...duration },
    remind_every: { description: "How often to remind of what still fires.", ...duration },
    mute: {
      description: "Times at which nothing is sent; what came is sent when they end.",
      type: "array",
      items: mute,
    },
    budget: {
      description: "At most `max` notices in `every`; what exceeds it becomes one digest.",
      type: "object",
      additionalProperties: false,
      required: ["max", "every"],
      properties: { max: { type: "integer", minimum: 1 }, every: duration },
    },
    routes: {
      description: "Routes below this one: they take what they match, and this one the rest.",
      type: "array",
      items: { $ref: "#/$defs/route" },
    },
  },
} as const;
