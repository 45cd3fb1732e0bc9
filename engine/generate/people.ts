/**
 * The customers of the shop. A customer is a pure function of the seed and a number, so that none is kept in memory and
 * whoever asks again finds the same card, device and address.
 */
import { Chance, weigh } from "./chance.ts";

export interface Customer {
  readonly id: string;
  readonly country: string;
  /** In 240.0.0.0/4, which no host of the internet has. */
  readonly ip: string;
  readonly device: string;
  readonly agent: string;
  readonly cardRef: string;
  readonly cardMasked: string;
  readonly documentRef: string;
  readonly documentType: string;
}

const countries = weigh(
  ["FR", 480],
  ["DE", 140],
  ["ES", 90],
  ["IT", 80],
  ["BE", 70],
  ["NL", 50],
  ["GB", 40],
  ["US", 30],
  ["CH", 15],
  ["MM", 1],
);

const agents = weigh(
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", 4],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36", 4],
  ["Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36", 3],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 1],
);

const issuers = weigh(["497010", 6], ["513270", 4], ["400212", 3], ["552081", 2], ["375600", 1]);
const documents = weigh(["id_card", 6], ["passport", 2], ["driving_licence", 2], ["residence_permit", 1]);

/** Customers by number. */
export function customersOf(seed: number): (number: number) => Customer {
  const chance = new Chance(seed, "customer");
  return (number) => {
    chance.of(number);
    const address = chance.bits();
    const tag = chance.below(1e9);
    return {
      id: `cus_${100_000 + number}`,
      country: chance.weighted(countries),
      ip: addressOf(address),
      device: `dev_${tag}_${number}`,
      agent: chance.weighted(agents),
      cardRef: `card_${tag}_${number}`,
      cardMasked: `${chance.weighted(issuers)}******${1_000 + chance.below(9_000)}`,
      documentRef: `doc_${tag}_${number}`,
      documentType: chance.weighted(documents),
    };
  };
}

/** An address in 240.0.0.0/4; only the lower 28 bits count. */
export function addressOf(bits: number): string {
  return `${240 + ((bits >>> 24) & 15)}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}
