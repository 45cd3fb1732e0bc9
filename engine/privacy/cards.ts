/**
 * Card numbers: 13 to 19 digits that pass the Luhn check, in one piece or in groups with a space or a hyphen between,
 * are masked wherever they stand. The engine's own ids and UUIDs are no card numbers, nor are the decimals of a fraction,
 * nor what begins with 0 or 1: no payment card does but UATP's of 15 digits, and every time in milli-, micro- or
 * nanoseconds since 1970 does, of which a tenth pass the check.
 */
import { isFields, type Value } from "../model/value.ts";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const id = "[0-9a-f]{32}";
const digits = String.raw`\d(?:[ -]?\d){12,18}`;
const candidates = new RegExp(
  String.raw`(?<![0-9a-z])(?:${uuid}|${id})(?![0-9a-z])|(?<!\d)(?<!\d\.)${digits}(?!\d)(?!\.\d)`,
  "g",
);

/** The text with every card number replaced: first six and last four digits stay, as receipts show them. */
export function maskCards(text: string): string {
  if (!/\d/.test(text)) return text;
  return text.replace(candidates, (found) => {
    const plain = found.replace(/[ -]/g, "");
    return isCard(plain) ? maskEnds(plain) : found;
  });
}

/** The same for every text and number of a value. */
export function maskCardsIn(value: Value): Value {
  if (typeof value === "string") return maskCards(value);
  if (typeof value === "number") return isCard(String(value)) ? maskEnds(String(value)) : value;
  if (Array.isArray(value)) return value.map(maskCardsIn);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [maskCards(name), maskCardsIn(item)]));
}

/** First six and last four signs; nothing of a text that is hardly longer. */
export function maskEnds(text: string): string {
  const signs = [...text];
  if (signs.length <= 10) return "*".repeat(signs.length);
  return `${signs.slice(0, 6).join("")}${"*".repeat(signs.length - 10)}${signs.slice(-4).join("")}`;
}

function isCard(text: string): boolean {
  return /^(?:[2-9]\d{12,18}|1\d{14})$/.test(text) && passesLuhn(text);
}

/** The check digit of ISO/IEC 7812-1: every second digit from the right is doubled. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
