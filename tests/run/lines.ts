/** Files of lines, as tests compare them. */
import { openLines } from "../../engine/adapters/files.ts";

/** The JSON of each line of a file, which may be compressed. */
export async function linesIn(path: string): Promise<readonly Record<string, unknown>[]> {
  const reader = await openLines([path], "lines");
  const lines: Record<string, unknown>[] = [];
  for (let read = await reader.read(); read !== undefined; read = await reader.read()) {
    for (const { value } of read) lines.push(JSON.parse(new TextDecoder().decode(value ?? new Uint8Array())));
  }
  await reader.close();
  return lines;
}

/** Lines in an order that does not depend on who wrote them, without the names given. */
export function sorted(lines: readonly Record<string, unknown>[], without: readonly string[] = []): readonly string[] {
  return lines.map((line) =>
    JSON.stringify(Object.fromEntries(Object.entries(line).filter(([name]) => !without.includes(name))))
  ).sort();
}
