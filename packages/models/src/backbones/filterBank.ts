import { argumentMessage, imagenetNormalisation } from '@adlib/core';
import { pad, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { findLayers, type Backbone, type BackboneLayer, type WeightNames } from './backbone.js';

const ORIENTATIONS = 6;
/** Half the side of a filter, in pixels. */
const RADIUS = 3;
/** Standard deviation of the envelope, in pixels. */
const SIGMA = 1.6;
/** Waves per pixel: one period is as long as the envelope is wide. */
const FREQUENCY = 0.22;
/** Energy from which on it counts by its logarithm, where brightness has a standard deviation of about 1. */
const KNEE = 0.1;
/** Opponent colours vary this much less than brightness in pictures of most things; they are scaled up by it. */
const COLOUR_GAIN = 4;
/** The least side of a picture, in pixels: the coarsest level must hold a filter's padding. */
const LEAST_SIDE = 32;

/**
 * A backbone without weights: the energy of oriented waves at four scales, `sqrt(even² + odd²)` of Gabor filter pairs over
 * brightness and two opponent colours; the energy of these energies, which tells textures apart; and the colours
 * themselves. Constants, computed in code; the first layers of trained networks and of the scattering transform are much
 * like it. Maps have the strides of a ResNet's `layer1` to `layer3`.
 *
 * @see Daugman, "Uncertainty relation for resolution in space, spatial frequency, and orientation", JOSA A 2(7), 1985, eq. 5
 *   (the filters); Bruna and Mallat, "Invariant scattering convolution networks", TPAMI 35(8), 2013, section 2.2 (energies of
 *   energies)
 */
export class FilterBank implements Backbone {
  /** Name in the registry. */
  readonly name = 'filter-bank';
  /** ImageNet's, as of trained backbones, so that one can take the other's place. */
  readonly mean = imagenetNormalisation.mean;
  /** ImageNet's. */
  readonly std = imagenetNormalisation.std;
  /** Outputs; there is no vector per picture. */
  readonly layers: readonly BackboneLayer[] = [
    { name: 'layer1', path: 'layer1', channels: 4 * ORIENTATIONS + 3, stride: 4 },
    { name: 'layer2', path: 'layer2', channels: 3 * ORIENTATIONS + ORIENTATIONS ** 2 + 3, stride: 8 },
    { name: 'layer3', path: 'layer3', channels: 3 * ORIENTATIONS + ORIENTATIONS ** 2 + 3, stride: 16 },
  ];

  /** None. */
  tensors(layers: readonly string[]): Record<string, readonly number[]> {
    findLayers(this, layers);
    return {};
  }

  /** None. */
  parameters(layers: readonly string[]): Record<string, readonly number[]> {
    return this.tensors(layers);
  }

  /** Nothing to rename. */
  namesIn(): WeightNames {
    return { rename: (name) => name };
  }

  /** Nothing to fold. */
  prepare(_raw: unknown, layers: readonly string[]): Record<string, HostTensor> {
    this.tensors(layers);
    return {};
  }

  /** Feature maps; see {@link Backbone.features}. Pictures must be 32 pixels high and wide or more. */
  features(x: tf.Tensor4D, _parameters: NamedTensors, layers: readonly string[]): tf.Tensor4D[] {
    const wanted = findLayers(this, layers);
    const [, height, width] = x.shape;
    if (Math.min(height, width) < LEAST_SIDE) {
      const expected = `pictures of at least ${LEAST_SIDE}×${LEAST_SIDE} pixels`;
      throw new RangeError(argumentMessage('FilterBank.features', 'x', expected, [height, width]));
    }
    return tf.tidy(() => {
      const [even, odd] = filterPairs();
      const bank = (v: tf.Tensor4D) => energy(v, even, odd);
      // levels[k] has stride 2 ** k.
      const levels = [opponentColours(x)];
      for (let k = 1; k <= 2 + Math.max(...wanted); k++) levels.push(halve(levels[k - 1]!));
      const brightness = (v: tf.Tensor4D, channels: number) => tf.slice(v, [0, 0, 0, 0], [-1, -1, -1, channels]);
      const first = levels.map((level, k) => (k <= 3 ? bank(k === 0 ? brightness(level, 1) : level) : level));
      const pooled = (v: tf.Tensor4D) => compress(halve(v));
      const maps = [
        () => [pooled(halve(first[0]!)), pooled(first[1]!), levels[2]!],
        () => [pooled(first[2]!), pooled(bank(brightness(halve(first[1]!), ORIENTATIONS))), levels[3]!],
        () => [pooled(first[3]!), pooled(bank(brightness(halve(first[2]!), ORIENTATIONS))), levels[4]!],
      ];
      return wanted.map((index) => tf.concat(maps[index]!(), 3));
    });
  }
}

/** Weak textures count too: logarithmic above {@link KNEE}. */
function compress(x: tf.Tensor4D): tf.Tensor4D {
  return tf.log1p(tf.mul(x, 1 / KNEE));
}

/** Brightness, red against green, and yellow against blue: an orthonormal basis of colours. */
function opponentColours(x: tf.Tensor4D): tf.Tensor4D {
  const rows = [
    [1, 1, 1],
    [1, -1, 0],
    [1, 1, -2],
  ].map((row) => row.map((v) => v / Math.hypot(...row)));
  const filter = [0, 1, 2].flatMap((channel) => rows.map((row, i) => row[channel]! * (i === 0 ? 1 : COLOUR_GAIN)));
  return tf.conv2d(x, tf.tensor4d(filter, [1, 1, 3, 3]), 1, 'valid');
}

/** Half the size, rounded up, after the binomial blur `[1, 3, 3, 1] / 8` along each axis; the border is mirrored. */
function halve(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width, channels] = x.shape;
  const row = [1, 3, 3, 1];
  const weights = row.flatMap((a) => row.flatMap((b) => new Array<number>(channels).fill((a * b) / 64)));
  const padded = pad(x, [[0, 0], [1, 1 + (height % 2)], [1, 1 + (width % 2)], [0, 0]], { mode: 'symmetric' }); // prettier-ignore
  return tf.depthwiseConv2d(padded, tf.tensor4d(weights, [4, 4, channels, 1]), 2, 'valid');
}

/** `sqrt(even² + odd²)` of each channel and orientation, channel by channel; the border is mirrored. */
function energy(x: tf.Tensor4D, even: readonly number[], odd: readonly number[]): tf.Tensor4D {
  const channels = x.shape[3];
  const side = 2 * RADIUS + 1;
  const padded = pad(x, [[0, 0], [RADIUS, RADIUS], [RADIUS, RADIUS], [0, 0]], { mode: 'symmetric' }); // prettier-ignore
  const filtered = (pixels: readonly number[]) => {
    const weights = Array.from({ length: side * side }, (_, p) => {
      const at = pixels.slice(p * ORIENTATIONS, (p + 1) * ORIENTATIONS);
      return Array.from({ length: channels }, () => at).flat();
    }).flat();
    return tf.depthwiseConv2d(padded, tf.tensor4d(weights, [side, side, channels, ORIENTATIONS]), 1, 'valid');
  };
  return tf.sqrt(tf.add(tf.add(tf.square(filtered(even)), tf.square(filtered(odd))), 1e-8));
}

/** Even and odd filters, `[side, side, orientations]` row-major: a wave under a Gaussian, of sum 0 and energy 1. */
function filterPairs(): [even: number[], odd: number[]] {
  const side = 2 * RADIUS + 1;
  return [Math.cos, Math.sin].map((wave) => {
    const filters = Array.from({ length: ORIENTATIONS }, (_, o) => {
      const angle = (Math.PI * o) / ORIENTATIONS;
      const grid = Array.from({ length: side * side }, (_, p) => {
        const [y, x] = [Math.floor(p / side) - RADIUS, (p % side) - RADIUS];
        const envelope = Math.exp(-(x * x + y * y) / (2 * SIGMA * SIGMA));
        return { envelope, wave: wave(2 * Math.PI * FREQUENCY * (x * Math.cos(angle) + y * Math.sin(angle))) };
      });
      // What is constant must give nothing: take the wave's mean under the envelope away.
      const total = grid.reduce((sum, { envelope }) => sum + envelope, 0);
      const mean = grid.reduce((sum, p) => sum + p.envelope * p.wave, 0) / total;
      const filter = grid.map((p) => p.envelope * (p.wave - mean));
      const norm = Math.hypot(...filter);
      return filter.map((v) => v / norm);
    });
    return Array.from({ length: side * side }, (_, p) => filters.map((filter) => filter[p]!)).flat();
  }) as [number[], number[]];
}
