/** `--param pack.name=value`: values of parameters, read as the type that the pack declares. */
import type { ParamOverrides } from "../../engine/compile/words.ts";
import type { Pack } from "../../engine/model/pack.ts";
import type { Value } from "../../engine/model/value.ts";
import { UsageError } from "../command.ts";

/** The overrides by pack; unknown names and values out of range are left to the compiler, which says where they stand. */
export function readOverrides(options: readonly string[], packs: readonly Pack[]): ParamOverrides {
  const overrides: Record<string, Record<string, Value>> = {};
  for (const option of options) {
    const match = /^([^=]+)\.([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(option);
    if (match === null) {
      throw new UsageError(
        `Option \`--param\` takes PACK.NAME=VALUE, such as payments.high_amount=2000, found "${option}"`,
      );
    }
    const [, pack = "", name = "", text = ""] = match;
    const type = packs.find((one) => one.name === pack)?.params[name]?.type;
    overrides[pack] = { ...overrides[pack], [name]: valueOf(text, type) };
  }
  return overrides;
}

/** The overrides of a deployment file, with those that were typed over them. */
export function withOverrides(base: ParamOverrides, typed: ParamOverrides): ParamOverrides {
  const packs = new Set([...Object.keys(base), ...Object.keys(typed)]);
  return Object.fromEntries([...packs].map((pack) => [pack, { ...base[pack], ...typed[pack] }]));
}

function valueOf(text: string, type: "number" | "string" | "boolean" | undefined): Value {
  if (type === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
