import type { Random } from '@adlib/core';

/** Smooth noise over the plane: about 0 on average, within `[-1, 1]`, one bump per unit of length. */
export type Noise = (x: number, y: number) => number;

/**
 * Makes two-dimensional gradient (Perlin) noise: gradients of unit length in 256 directions, quintic fade.
 *
 * @param random - where the permutation comes from
 * @returns the noise, a pure function that repeats every 256 units
 * @see Perlin, "Improving noise", SIGGRAPH 2002
 */
export function perlin(random: Random): Noise {
  const order = random.permutation(256);
  return gradientNoise((x, y) => order[(order[x & 255]! + y) & 255]!);
}

/**
 * Gradient noise with given gradients, quintic fade, times the square root of 2.
 *
 * @param direction - of the gradient at a grid point, in 1/256 turns: its x is the cosine, its y the sine
 * @returns the noise
 */
export function gradientNoise(direction: (x: number, y: number) => number): Noise {
  const corner = (way: number, dx: number, dy: number): number => cosines[way]! * dx + sines[way]! * dy;
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const dx = x - left;
    const dy = y - top;
    const u = fade(dx);
    const v = fade(dy);
    const upper = mix(corner(direction(left, top), dx, dy), corner(direction(left + 1, top), dx - 1, dy), u);
    const lower = mix(
      corner(direction(left, top + 1), dx, dy - 1),
      corner(direction(left + 1, top + 1), dx - 1, dy - 1),
      u,
    );
    return mix(upper, lower, v) * Math.SQRT2;
  };
}

const cosines = Float64Array.from({ length: 256 }, (_, i) => Math.cos((i * Math.PI) / 128));
const sines = Float64Array.from({ length: 256 }, (_, i) => Math.sin((i * Math.PI) / 128));

function fade(t: number): number {
  return t * t * t * (t * (6 * t - 15) + 10);
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
