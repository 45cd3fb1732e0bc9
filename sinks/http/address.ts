/**
 * Which addresses of the network a customer's URL may lead to: public ones. Everything that is special, private, local or
 * reserved (IANA's registries for IPv4 and IPv6) is none of theirs, and neither is an IPv4 address wrapped in an IPv6 one.
 */
import { isIP } from "node:net";

/** Blocks that are not public: first address and length of the prefix. */
const special4: readonly (readonly [block: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** True for an address of the public internet; false for every other text. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return isPublic4(numberOf4(address));
  return family === 6 && isPublic6(groupsOf6(address));
}

function isPublic4(address: number): boolean {
  return !special4.some(([block, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor(numberOf4(block) / size);
  });
}

/** Only 2000::/3 is handed out, and of it Teredo, ORCHID, documentation and 6to4 lead elsewhere. */
function isPublic6(groups: readonly number[]): boolean {
  const [first = 0, second = 0] = groups;
  if (first === 0x64 && second === 0xff9b) return isPublic4(lastTwo(groups));
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2002) return false;
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false;
  return !(first === 0x3fff && second < 0x1000);
}

function lastTwo(groups: readonly number[]): number {
  return (groups[6] ?? 0) * 0x1_0000 + (groups[7] ?? 0);
}

function numberOf4(address: string): number {
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

/** The eight groups of an IPv6 address, whatever its spelling. */
function groupsOf6(address: string): readonly number[] {
  const spelled = (address.split("%")[0] ?? "").replace(/[\d.]+$/, (tail) => {
    if (!tail.includes(".")) return tail;
    const number = numberOf4(tail);
    return `${Math.floor(number / 0x1_0000).toString(16)}:${(number % 0x1_0000).toString(16)}`;
  });
  const [head = "", tail] = spelled.split("::");
  const numbers = (text: string) => text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  if (tail === undefined) return numbers(head);
  const [before, after] = [numbers(head), numbers(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
