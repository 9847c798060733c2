/** SHA-256 (FIPS 180-4), written once more: the digest of a job is recomputed by other code than the one that made it. */

const ROUNDS = 64;

/** Returns the first 32 bits of the fractional part of a root of a prime: square roots for the state, cube roots for the rounds. */
const fractionOfRoot = (prime: number, degree: number): number =>
  Math.floor((prime ** (1 / degree) % 1) * 2 ** 32);

const PRIMES = firstPrimes(ROUNDS);
const ROUND_CONSTANTS = PRIMES.map((prime) => fractionOfRoot(prime, 3));
const START = PRIMES.slice(0, 8).map((prime) => fractionOfRoot(prime, 2));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** Returns the SHA-256 digest of bytes, as 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  const state = [...START];
  const padded = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64));
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, 8n * BigInt(bytes.length));
  const words = new Array<number>(ROUNDS);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < ROUNDS; i++) words[i] = i < 16 ? view.getUint32(block + 4 * i) : nextWord(words, i);
    compress(state, words);
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

const turned = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

function nextWord(words: readonly number[], i: number): number {
  const [a, b] = [words[i - 15]!, words[i - 2]!];
  const low = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
  const high = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
  return (words[i - 16]! + low + words[i - 7]! + high) | 0;
}

function compress(state: number[], words: readonly number[]): void {
  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < ROUNDS; i++) {
    const chosen = (e & f) ^ (~e & g);
    const first =
      (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + ROUND_CONSTANTS[i]! + words[i]!) | 0;
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
}
