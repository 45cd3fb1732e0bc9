/**
 * Names in Redis. All of a task share the hash tag `{app:task}`, so a cluster keeps them on one node and one script may
 * touch them all.
 */

/** What ends or splits a tag is written as in a URL, so that no two tasks share a name. */
function tagged(text: string, also = ""): string {
  return [...text].map((char) => "%{}".includes(char) || also.includes(char) ? encodeURIComponent(char) : char).join(
    "",
  );
}

export interface TaskNames {
  /** Begins every name of the task. */
  readonly prefix: string;
  /** Claim, number, head and what is not applied yet: the one value that says which checkpoint is true. */
  readonly meta: string;
  readonly timers: string;
  /** Texts of entries by their number. */
  readonly outbox: string;
  readonly depths: string;
  /** Texts of lanes by `<number>:<lane>`. */
  readonly tries: string;
  readonly state: (key: string) => string;
  /** Numbers of the entries that a lane has not settled. */
  readonly lane: (lane: string) => string;
  /** A redo list; each attempt to save has one of its own. */
  readonly redo: (attempt: string) => string;
}

export function namesOf(app: string, task: string): TaskNames {
  const prefix = `{${tagged(app, ":")}:${tagged(task)}}:`;
  return {
    prefix,
    meta: `${prefix}meta`,
    timers: `${prefix}timers`,
    outbox: `${prefix}outbox`,
    depths: `${prefix}depths`,
    tries: `${prefix}tries`,
    state: (key) => `${prefix}state:${key}`,
    lane: (lane) => `${prefix}lane:${lane}`,
    redo: (attempt) => `${prefix}redo:${attempt}`,
  };
}

/** A text of the whole application. */
export function textName(app: string, name: string): string {
  return `{${tagged(app, ":")}}:text:${name}`;
}

/** A pattern of SCAN for names that begin so. */
export function patternOf(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, "\\$&")}*`;
}
