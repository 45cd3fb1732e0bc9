/**
 * The commands of the program. A new one is one file and one line here. These files only describe: what a command needs
 * is imported when it runs, so that the program starts fast.
 */
import { check } from "./check.ts";
import type { Command } from "./command.ts";
import { deadLetters } from "./dead-letters.ts";
import { endpoints } from "./endpoints.ts";
import { generate } from "./generate.ts";
import { route } from "./route.ts";
import { run } from "./run.ts";
import { newCommand } from "./new.ts";
import { record } from "./record.ts";
import { replay } from "./replay.ts";
import { schema } from "./schema.ts";
import { silence } from "./silence.ts";
import { test } from "./test.ts";

export const commands = {
  check,
  test,
  replay,
  record,
  run,
  generate,
  schema,
  new: newCommand,
  route,
  endpoints,
  silence,
  deadLetters,
} satisfies Record<string, Command>;
