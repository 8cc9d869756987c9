import { assertInteger } from './check.js';

/**
 * A seeded stream of random numbers (xoshiro128**, seeded through SplitMix32). The same seed gives the same numbers on
 * every platform. Streams made by {@link Random.split} are independent of each other and of how far the parent has run.
 */
export interface Random {
  /** Next number in `[low, high)`, 32 random bits. Default `[0, 1)`. Limits must be finite; they are not checked. */
  uniform(low?: number, high?: number): number;
  /** Next normal number (Marsaglia polar method). Default mean 0, standard deviation 1; they are not checked. */
  normal(mean?: number, sd?: number): number;
  /** Next integer in `[0, n)`, without modulo bias. */
  integer(n: number): number;
  /** A random order of `0 .. n - 1` (Fisher-Yates). */
  permutation(n: number): Uint32Array;
  /** A stream of its own, named by a string or number: `split('noise')` is the same stream at every call. */
  split(name: string | number): Random;
}

/**
 * Makes a seeded generator.
 *
 * @param seed - an integer in `[0, 2^32)`
 * @returns the stream; it holds state, so pass streams made by `split` to parts that must not disturb each other
 * @throws RangeError if the seed is not such an integer
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * const random = createRandom(7);
 * const order = random.split('shuffle').permutation(5);
 * const noise = random.split('noise').normal(0, 0.1);
 * console.log(order.length, Number.isFinite(noise));
 * ```
 * @see Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021 (xoshiro128**)
 */
export function createRandom(seed: number): Random {
  assertInteger('createRandom', 'seed', seed, 0, 0xffffffff);
  return new Xoshiro128(seed);
}

class Xoshiro128 implements Random {
  readonly #seed: number;
  readonly #s: Uint32Array;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    let state = this.#seed;
    this.#s = Uint32Array.from({ length: 4 }, () => {
      state = (state + 0x9e3779b9) >>> 0;
      return mix(state);
    });
  }

  #next(): number {
    const s = this.#s;
    const s1 = s[1]!;
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return result;
  }

  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.#next() / 4294967296);
  }

  normal(mean = 0, sd = 1): number {
    if (this.#spare !== undefined) {
      const z = this.#spare;
      this.#spare = undefined;
      return mean + sd * z;
    }
    let u: number;
    let v: number;
    let r: number;
    do {
      u = this.uniform(-1, 1);
      v = this.uniform(-1, 1);
      r = u * u + v * v;
    } while (r >= 1 || r === 0);
    const factor = Math.sqrt((-2 * Math.log(r)) / r);
    this.#spare = v * factor;
    return mean + sd * u * factor;
  }

  integer(n: number): number {
    assertInteger('Random.integer', 'n', n, 1, 4294967296);
    const limit = 4294967296 - (4294967296 % n);
    let value = this.#next();
    while (value >= limit) value = this.#next();
    return value % n;
  }

  permutation(n: number): Uint32Array {
    assertInteger('Random.permutation', 'n', n, 0, 0xffffffff);
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }

  split(name: string | number): Random {
    let hash = mix(this.#seed ^ 0x85ebca6b);
    for (const char of String(name)) hash = mix((hash ^ char.codePointAt(0)!) >>> 0);
    return new Xoshiro128(hash);
  }
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** Finaliser of MurmurHash3 as used by SplitMix32: every input bit changes every output bit. */
function mix(x: number): number {
  let z = (x + 0x9e3779b9) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
