/** The command line: what is typed, what is answered, and the exit code. */
import { expect } from "expect";
import type { Command, Given, Terminal } from "../command.ts";
import { EnvironmentError } from "../command.ts";
import { runVigie } from "./vigie.ts";

/** A terminal that remembers what it was told. */
function listening() {
  const said = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    columns: 100,
  };
  return { said, terminal };
}

function commandThat(run: (given: Given) => void): Command {
  return {
    name: "toast",
    summary: "Toast bread",
    positionals: "[slices…]",
    options: [
      { name: "level", value: "N", says: "How dark" },
      { name: "spread", value: "NAME", many: true, says: "What goes on it" },
      { name: "twice", says: "Toast both sides" },
    ],
    examples: [{ line: "vigie toast --level 3", does: "Toast at level 3" }],
    run: (given) => {
      run(given);
      return Promise.resolve(0);
    },
  };
}

async function typed(args: readonly string[], run: (given: Given) => void = () => {}) {
  const { said, terminal } = listening();
  const code = await runVigie({ commands: [commandThat(run)], version: "1.2.3" }, args, terminal);
  return { code, ...said };
}

Deno.test("options, repeated options, switches and positionals reach the command", async () => {
  let given: Given | undefined;
  const args = ["toast", "a", "--level=3", "--spread", "jam", "--twice", "--spread", "butter", "b"];
  expect((await typed(args, (found) => given = found)).code).toBe(0);
  expect(given?.positionals).toEqual(["a", "b"]);
  expect(given?.text("level")).toBe("3");
  expect(given?.texts("spread")).toEqual(["jam", "butter"]);
  expect([given?.flag("twice"), given?.flag("level"), given?.flag("spreads")]).toEqual([true, true, false]);
});

Deno.test("a value may begin with a dash, and what follows -- is a positional", async () => {
  let given: Given | undefined;
  await typed(["toast", "--level", "-5", "--", "--twice"], (found) => given = found);
  expect(given?.text("level")).toBe("-5");
  expect(given?.positionals).toEqual(["--twice"]);
});

Deno.test("an unknown command or option is answered with the nearest name and exit code 2", async () => {
  expect(await typed(["tost"])).toEqual({
    code: 2,
    out: "",
    err: 'error: Vigie has no command "tost": did you mean `vigie toast`?\nsee: vigie --help\n',
  });
  expect((await typed(["toast", "--levle", "3"])).err).toBe(
    "error: `vigie toast` has no option `--levle`: did you mean `--level`?\nsee: vigie toast --help\n",
  );
});

Deno.test("an option without its value and a switch with one are wrong usage", async () => {
  for (const args of [["--level"], ["--level", "--twice"], ["--level="], ["--twice=yes"]]) {
    expect((await typed(["toast", ...args])).code).toBe(2);
  }
});

Deno.test("help is shown for the program and for a command, wherever it is asked for", async () => {
  expect((await typed([])).out).toContain("toast  Toast bread");
  expect((await typed(["--version"])).out).toBe("vigie 1.2.3\n");
  for (const args of [["toast", "--level", "3", "--help"], ["help", "toast"], ["toast", "-h"]]) {
    const { code, out } = await typed(args);
    expect(code).toBe(0);
    expect(out).toContain("--spread NAME …");
    expect(out).toContain("  # Toast at level 3\n  vigie toast --level 3");
  }
});

Deno.test("what the environment lacks ends with exit code 3 and one line", async () => {
  const failing = () => {
    throw new EnvironmentError("Kafka at 127.0.0.1:9092 does not answer");
  };
  expect(await typed(["toast"], failing)).toEqual({
    code: 3,
    out: "",
    err: "error: Kafka at 127.0.0.1:9092 does not answer\n",
  });
});
