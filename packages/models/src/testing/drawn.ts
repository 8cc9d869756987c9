import type { HostTensor } from '@adlib/runtime';

/**
 * Uniform values in [-1, 1) that `fixtures/generate_backbones.py` draws too: `splitmix32(fnv1a(name) + i) / 2^31 - 1`.
 *
 * @param name - what is drawn
 * @param count - number of values
 * @returns the values
 */
export function draw(name: string, count: number): Float32Array {
  const seed = fnv1a(name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let z = (Math.imul(i, 0x9e3779b9) + seed) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    values[i] = ((z ^ (z >>> 15)) >>> 0) / 2147483648 - 1;
  }
  return values;
}

/**
 * FNV-1a hash of a text.
 *
 * @param text - ASCII
 * @returns 32 bits
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A network's weights, drawn: see the generator for the scales.
 *
 * @param shapes - of its tensors, by the name under which they are drawn
 * @returns tensors by that name
 */
export function drawnWeights(shapes: Readonly<Record<string, readonly number[]>>): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = draw(name, shape.reduce((a, b) => a * b, 1)); // prettier-ignore
      const field = name.slice(name.lastIndexOf('.') + 1);
      const norm = name.replace(/[^.]+$/, 'running_var') in shapes;
      const bound = Math.fround(Math.sqrt(6 / shape.slice(1).reduce((a, b) => a * b, 1)));
      const scales: Record<string, (u: number) => number> = {
        running_mean: (u) => 0.1 * u,
        running_var: (u) => 1 + 0.5 * u,
        weight: norm ? (u) => 1 + 0.25 * u : (u) => bound * u,
        bias: (u) => (norm ? 0.25 : 0.1) * u,
      };
      return [name, { shape, data: data.map(scales[field]!) }];
    }),
  );
}
