import { argumentMessage, assertKnownOptions, type LongCallOptions } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';
import type { Backbone } from './backbone.js';
import { GraphBackbone } from './files/graphBackbone.js';
import { withParameters, type LoadedBackbone } from './loadedBackbone.js';
import { findBackbone } from './registry.js';
import { openWeights, type BackboneWeights } from './weights/source.js';
import type { WeightSource } from './weights/weightSource.js';

/** Options of {@link loadBackbone}; progress (`download`) is that of the Hugging Face hub. */
export interface LoadBackboneOptions extends LongCallOptions {
  /** A key of {@link backbones}, or a backbone from a file: what `onnxBackbone` or `tfjsBackbone` gave. */
  backbone: string | GraphBackbone;
  /** Names of its layers; only the tensors these need are read. */
  layers: readonly string[];
  /** Where the weights come from; not for `filter-bank`, which has none, nor for a backbone from a file, which has its own. */
  weights?: BackboneWeights;
}

/**
 * Reads a backbone's weights, under torchvision's or timm's names, checks them, and folds batch norms. Only the tensors
 * that the layers need are read, so a file with part of a network serves the layers it has.
 *
 * @param options - backbone, layers, weights
 * @returns the backbone, ready
 * @throws RangeError for an unknown backbone or layer, for missing weights, and naming a tensor that is missing, of another
 *   shape or not finite; errors of the file system, the network and the file's format; the signal's reason when cancelled
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { loadBackbone } from '@adlib/models';
 * import { compile } from '@adlib/runtime';
 * const { features } = await loadBackbone({ backbone: 'filter-bank', layers: ['layer1', 'layer2'] });
 * const maps = compile((x: tf.Tensor4D) => features(x));
 * const [fine, coarse] = await maps({ data: new Float32Array(64 * 96 * 3), shape: [1, 64, 96, 3] });
 * console.log(fine!.shape.slice(1, 3), coarse!.shape.slice(1, 3)); // [16, 24] [8, 12]
 * await maps.dispose();
 * ```
 */
export async function loadBackbone(options: LoadBackboneOptions): Promise<LoadedBackbone> {
  const { backbone: choice, layers, weights, ...long } = options;
  assertKnownOptions('loadBackbone', options, ['backbone', 'layers', 'weights', 'onProgress', 'signal']);
  long.signal?.throwIfAborted();
  const backbone = findBackbone('loadBackbone', choice);
  const { name } = backbone;
  const own = backbone instanceof GraphBackbone;
  const shapes = own ? {} : backbone.tensors(layers);
  if (Object.keys(shapes).length === 0 && weights !== undefined) {
    const expected = `absent: ${name} has ${own ? 'its own' : 'none'}`;
    throw new RangeError(argumentMessage('loadBackbone', 'weights', expected, weights));
  }
  if (own) return backbone.load(layers);
  if (Object.keys(shapes).length === 0) return withParameters(backbone, layers, {});
  if (weights === undefined) {
    const hint =
      "Give a path, an address, 'hub:timm/resnet18.tv_in1k', bytes or tensors, or use backbone 'filter-bank', which needs none.";
    throw new RangeError(argumentMessage('loadBackbone', 'weights', `given for ${name}`, weights, hint));
  }
  const source = await openWeights('loadBackbone', weights, long);
  try {
    const { rename, epsilon } = backbone.namesIn(source.names);
    const raw: Record<string, HostTensor> = {};
    for (const [tensor, shape] of Object.entries(shapes)) {
      raw[tensor] = await readTensor(backbone, source, { layers, tensor, name: rename(tensor), shape, rename });
    }
    return withParameters(backbone, layers, backbone.prepare(raw, layers, epsilon));
  } finally {
    await source.close();
  }
}

interface Wanted {
  /** Layers asked for. */
  layers: readonly string[];
  /** Torchvision's name. */
  tensor: string;
  /** The name in the file. */
  name: string;
  shape: readonly number[];
  rename: (name: string) => string;
}

async function readTensor(backbone: Backbone, source: WeightSource, wanted: Wanted): Promise<HostTensor> {
  const { name, shape } = wanted;
  const where = `loadBackbone: tensor '${name}' of ${backbone.name}`;
  if (!source.names.includes(name)) {
    throw new RangeError(
      `${where} must be in ${source.label}, got no such tensor. ${whatIsThere(backbone, source, wanted)}`,
    );
  }
  const tensor = await source.read(name);
  const size = shape.reduce((a, b) => a * b, 1);
  // The same numbers in the same order: a fully connected layer may be stored as a convolution.
  const squeezed = (dims: readonly number[]) => dims.filter((n) => n !== 1).join();
  const same = squeezed(tensor.shape) === squeezed(shape) || (shape.length === 2 && tensor.shape[0] === shape[0]);
  if (tensor.data.length !== size || !same) {
    throw new RangeError(`${where} must have shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}].`);
  }
  if (!tensor.data.every(Number.isFinite)) throw new RangeError(`${where} must be finite numbers, got others.`);
  return { shape, data: tensor.data };
}

/** Which layers the weights have, or that they are of something else. */
function whatIsThere(backbone: Backbone, source: WeightSource, { rename }: Wanted): string {
  const names = new Set(source.names);
  const served = backbone.layers.filter(({ name }) =>
    Object.keys(backbone.tensors([name])).every((tensor) => names.has(rename(tensor))),
  );
  if (served.length > 0) return `It has what these layers need: ${served.map(({ name }) => name).join(', ')}.`;
  const some = source.names.slice(0, 4).join(', ');
  return `It has ${source.names.length} tensors: ${some}${source.names.length > 4 ? ', ...' : ''}. Are they of another network?`;
}
