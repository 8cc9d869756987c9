import { argumentMessage, assertFinite, assertInteger, assertLength, imagenetNormalisation } from '@adlib/core';
import type { OnnxModel } from '@adlib/runtime';
import { GraphBackbone, type GraphLayer } from './graphBackbone.js';

/** Options of every backbone from a file. */
export interface GraphBackboneOptions {
  /** Values of the graph that are taken as layers, by name, the finest first. */
  layers: readonly string[];
  /** Mean of each channel that is subtracted from values in [0, 1]. @defaultValue ImageNet's */
  mean?: readonly number[];
  /** What each channel is divided by afterwards. @defaultValue ImageNet's */
  std?: readonly number[];
  /** Height and width of the pictures. @defaultValue the model's own where it has one, else [256, 256] */
  size?: readonly [number, number];
}

/** Names of {@link GraphBackboneOptions}. */
export const GRAPH_KEYS: readonly string[] = ['layers', 'mean', 'std', 'size'];

/** {@link GraphBackboneOptions}, complete. */
export type FullGraphOptions = Required<GraphBackboneOptions>;

/**
 * Checks options and fills in defaults.
 *
 * @param fn - caller, for messages
 * @param options - the caller's
 * @param own - height and width that the model takes; undefined for a side that is free
 * @returns complete options
 * @throws TypeError or RangeError naming the option
 */
export function completeGraphOptions(
  fn: string,
  options: GraphBackboneOptions,
  own: readonly (number | undefined)[],
): FullGraphOptions {
  const { layers, mean = imagenetNormalisation.mean, std = imagenetNormalisation.std } = options;
  const { size = [own[0] ?? 256, own[1] ?? 256] } = options;
  if (!Array.isArray(layers) || !layers.every((layer) => typeof layer === 'string')) {
    throw new TypeError(argumentMessage(fn, 'layers', 'an array of names', layers));
  }
  if (layers.length === 0 || new Set(layers).size < layers.length) {
    throw new RangeError(argumentMessage(fn, 'layers', 'one or more different names', layers.join(', ')));
  }
  assertLength(fn, 'mean', mean, 3);
  assertLength(fn, 'std', std, 3);
  mean.forEach((value, i) => assertFinite(fn, `mean[${i}]`, value));
  std.forEach((value, i) => assertFinite(fn, `std[${i}]`, value, Number.MIN_VALUE));
  assertLength(fn, 'size', size, 2, '[height, width]');
  size.forEach((n, axis) => {
    assertInteger(fn, `size[${axis}]`, n, 32);
    if (own[axis] !== undefined && own[axis] !== n) {
      throw new RangeError(argumentMessage(fn, `size[${axis}]`, `${own[axis]}, which the model asks for`, n));
    }
  });
  return { layers: [...layers], mean: [...mean], std: [...std], size: [size[0], size[1]] };
}

/** A value of a graph that was computed for a batch of pictures. */
export interface ComputedLayer {
  /** What it was asked for by. */
  name: string;
  /** The value in the graph. */
  path: string;
  /** Its size, the batch first. */
  shape: readonly number[];
  /** Whether it has channels before rows; undefined where its shape must tell. */
  channelsFirst?: boolean;
}

/** What is put together by {@link graphBackbone}. */
export interface GraphParts {
  /** Caller, for messages. */
  fn: string;
  /** Name of the file. */
  name: string;
  /** The graph. */
  model: OnnxModel;
  /** Its layers. */
  layers: readonly ComputedLayer[];
  /** Whether the graph takes channels before rows. */
  channelsFirst: boolean;
  /** Whether it takes one picture at a time. */
  single: boolean;
  /** Size and normalisation. */
  options: FullGraphOptions;
}

/**
 * A backbone of a graph whose layers were computed once.
 *
 * @param parts - graph and layers
 * @returns the backbone
 * @throws RangeError for a layer that is no map and no vector
 */
export function graphBackbone({ fn, name, model, layers, channelsFirst, single, options }: GraphParts): GraphBackbone {
  const { mean, std, size } = options;
  const described = layers.map((layer) => describeLayer(fn, layer, size, channelsFirst));
  return new GraphBackbone({ name, size, mean, std, channelsFirst, single, layers: described }, model);
}

function describeLayer(
  fn: string,
  { name, path, shape, channelsFirst }: ComputedLayer,
  size: readonly [number, number],
  first: boolean,
): GraphLayer {
  const own = shape.slice(1);
  if (own.length === 1 && own[0]! > 0) return { name, path, shape: own, channelsFirst: false };
  if (own.length !== 3 || own.includes(0)) {
    const expected = 'maps (4 axes) or one vector per picture (2 axes)';
    throw new RangeError(`${fn}: layers must be ${expected}, got '${name}' with shape [${shape.join(', ')}].`);
  }
  const turned = channelsFirst ?? hasChannelsFirst(own as [number, number, number], size, first);
  const [a, b, c] = own as [number, number, number];
  return { name, path, shape: turned ? [b, c, a] : own, channelsFirst: turned };
}

/** The order of axes in which a map's grid is shaped as the picture is; where both are, the input's. */
function hasChannelsFirst(
  [a, b, c]: readonly [number, number, number],
  [height, width]: readonly [number, number],
  input: boolean,
): boolean {
  const apart = (rows: number, columns: number) => Math.abs(Math.log((rows * width) / (columns * height)));
  const [first, last] = [apart(b, c), apart(a, b)];
  return first === last ? input : first < last;
}
