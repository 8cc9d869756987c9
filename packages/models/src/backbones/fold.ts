import type { HostTensor } from '@adlib/runtime';
import type { Part } from './declare.js';

/** Four statistics and weights of a batch norm. */
const NORM = ['weight', 'bias', 'running_mean', 'running_var'] as const;

/**
 * Tensors that some parts need, under torchvision's names and in its layout.
 *
 * @param parts - convolutions and batch norms
 * @returns shapes by name, in the order of use
 */
export function rawShapes(parts: readonly Part[]): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  const norm = (name: string, channels: number) => {
    for (const field of NORM) shapes[`${name}.${field}`] = [channels];
  };
  for (const part of parts) {
    if (part.kind === 'norm') {
      norm(part.name, part.channels);
      continue;
    }
    shapes[`${part.name}.weight`] = part.shape;
    if (part.bias) shapes[`${part.name}.bias`] = [part.shape[0]!];
    if (part.norm !== undefined) norm(part.norm, part.shape[0]!);
  }
  return shapes;
}

/**
 * Tensors that some parts compute with: batch norms folded, filters in tfjs's layout.
 *
 * @param parts - convolutions and batch norms
 * @returns shapes by name, in the order of use
 */
export function foldedShapes(parts: readonly Part[]): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  for (const part of parts) {
    if (part.kind === 'norm') {
      shapes[`${part.name}.scale`] = [part.channels];
      shapes[`${part.name}.offset`] = [part.channels];
      continue;
    }
    shapes[`${part.name}.filter`] = part.filterShape;
    if (part.bias || part.norm !== undefined) shapes[`${part.name}.bias`] = [part.shape[0]!];
  }
  return shapes;
}

/**
 * Folds batch norms, `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, into the convolutions before them and
 * turns filters from `[out, in, height, width]` to `[height, width, in, out]`.
 *
 * @param parts - convolutions and batch norms
 * @param raw - float32 tensors of {@link rawShapes}
 * @param epsilon - added to variances
 * @returns new tensors of {@link foldedShapes}
 */
export function fold(
  parts: readonly Part[],
  raw: Readonly<Record<string, HostTensor>>,
  epsilon: number,
): Record<string, HostTensor> {
  const folded: Record<string, HostTensor> = {};
  const values = (name: string) => raw[name]!.data as Float32Array;
  const vector = (data: Float64Array): HostTensor => ({ shape: [data.length], data: Float32Array.from(data) });
  const affine = (name: string) => {
    const [weight, bias, mean, variance] = NORM.map((field) => values(`${name}.${field}`)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const scale = Float64Array.from(weight, (w, i) => w / Math.sqrt(variance[i]! + epsilon));
    return { scale, offset: Float64Array.from(bias, (b, i) => b - mean[i]! * scale[i]!) };
  };
  for (const part of parts) {
    if (part.kind === 'norm') {
      const { scale, offset } = affine(part.name);
      folded[`${part.name}.scale`] = vector(scale);
      folded[`${part.name}.offset`] = vector(offset);
      continue;
    }
    const norm = part.norm === undefined ? undefined : affine(part.norm);
    const data = filter(part, values(`${part.name}.weight`), norm?.scale);
    folded[`${part.name}.filter`] = { shape: part.filterShape, data };
    const bias = part.bias ? values(`${part.name}.bias`) : undefined;
    if (norm !== undefined) {
      const { scale, offset } = norm;
      folded[`${part.name}.bias`] = vector(bias ? offset.map((o, i) => o + bias[i]! * scale[i]!) : offset);
    } else if (bias !== undefined) folded[`${part.name}.bias`] = vector(Float64Array.from(bias));
  }
  return folded;
}

/** Weights `[out, in, height, width]`, each output scaled, as `[height, width, in, out]` (depthwise: `[height, width, out, 1]`). */
function filter(part: Part & { kind: 'conv' }, weight: Float32Array, scale: Float64Array | undefined): Float32Array {
  const out = part.shape[0]!;
  const pixels = part.filterShape[0] * part.filterShape[1];
  const inputs = weight.length / (out * pixels);
  const data = new Float32Array(weight.length);
  for (let o = 0; o < out; o++) {
    const factor = scale?.[o] ?? 1;
    for (let i = 0; i < inputs; i++) {
      const from = (o * inputs + i) * pixels;
      for (let p = 0; p < pixels; p++) data[(p * inputs + i) * out + o] = weight[from + p]! * factor;
    }
  }
  return data;
}
