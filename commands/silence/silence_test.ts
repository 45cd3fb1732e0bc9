/** `vigie silence` over a store in a file, as an engine would find it. */
import { expect } from "expect";
import { join } from "node:path";
import { runVigie } from "../cli/vigie.ts";
import { commands } from "../mod.ts";

async function inFolder(store: string, what: (vigie: Vigie) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const config = join(folder, "vigie.yaml");
  await Deno.writeTextFile(config, `store: ${store}\n`);
  const vigie: Vigie = async (...args) => {
    let out = "";
    const write = (text: string) => void (out += text);
    const terminal = { out: write, err: write, isTerminal: false, columns: 100 };
    const code = await runVigie(
      { commands: Object.values(commands), version: "0" },
      [...args, "--config", config],
      terminal,
    );
    return { code, out };
  };
  await what(vigie).finally(() => Deno.remove(folder, { recursive: true }));
}

type Vigie = (...args: string[]) => Promise<{ code: number; out: string }>;

Deno.test("a silence is added, listed and ended", () =>
  inFolder("{ sqlite: state.db }", async (vigie) => {
    expect(await vigie("silence", "list")).toEqual({ code: 0, out: "no silences\n" });
    const match = 'alert.rule == "psp-error-rate" && alert.key.provider == "stripe"';
    const added = await vigie(
      "silence",
      "add",
      "--match",
      match,
      "--for",
      "2h",
      "--reason",
      "maintenance",
      "--author",
      "ada",
    );
    const [id = ""] = added.out.split(":");
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining("silent until") });
    const listed = await vigie("silence", "list", "--format", "json");
    expect(JSON.parse(listed.out)).toMatchObject([{ id, match, reason: "maintenance", author: "ada" }]);
    expect(await vigie("silence", "remove", id)).toEqual({ code: 0, out: `${id}: ended\n` });
    expect(await vigie("silence", "list")).toEqual({ code: 0, out: "no silences\n" });
    expect((await vigie("silence", "list", "--all")).out).toContain("over");
  }));

Deno.test("a condition with a misspelt field is shown with the way out, and silences nothing", () =>
  inFolder("{ sqlite: state.db }", async (vigie) => {
    const { code, out } = await vigie("silence", "add", "--match", "alert.rul == 'x'", "--for", "1h", "--reason", "r");
    expect([code, out]).toEqual([1, expect.stringContaining('did you mean "rule"?')]);
    expect((await vigie("silence", "list")).out).toBe("no silences\n");
  }));

Deno.test("what is missing or wrong on the command line is exit code 2", () =>
  inFolder("{ memory: true }", async (vigie) => {
    const given = ["--match", "true", "--for", "1h", "--reason", "r"];
    for (const left of [0, 2, 4]) expect((await vigie("silence", "add", ...given.toSpliced(left, 2))).code).toBe(2);
    expect((await vigie("silence", "mute")).code).toBe(2);
    expect(await vigie("silence", "list")).toMatchObject({ code: 2, out: expect.stringContaining("in memory") });
  }));
