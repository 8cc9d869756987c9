import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { assertTensors, findLayers, type Backbone, type BackboneFacts, type BackboneLayer } from './backbone.js';
import { GraphBackbone } from './files/graphBackbone.js';
import { findBackbone, type BackboneChoice } from './registry.js';

/** A backbone with its weights, ready to compute some of its layers. */
export interface LoadedBackbone {
  /** The architecture. */
  readonly backbone: BackboneFacts;
  /** Layers that it computes, in the order asked for. */
  readonly layers: readonly BackboneLayer[];
  /** Folded tensors by name; save these, and give them to {@link restoreBackbone}. */
  readonly parameters: Readonly<Record<string, HostTensor>>;
  /**
   * Feature maps `[batch, rows, columns, channels]` of normalised pictures `[batch, height, width, 3]`, in the order of
   * `layers`; a layer that is one vector per picture is `[batch, 1, 1, channels]`. For use inside a function that is
   * compiled: the weights become constants of its graph.
   */
  readonly features: (x: tf.Tensor4D) => tf.Tensor4D[];
}

/**
 * A backbone of folded tensors: what {@link LoadedBackbone.parameters} held when it was saved.
 *
 * @param choice - a key of {@link backbones}, or a backbone from a file
 * @param layers - names of its layers, those it was loaded with or fewer
 * @param tensors - folded tensors by name; others among them are left alone. Kept, not copied
 * @returns the backbone, ready
 * @throws RangeError for an unknown backbone or layer, and naming a tensor that is missing or of another shape
 * @example
 * ```ts
 * import { loadBackbone, restoreBackbone } from '@adlib/models';
 * const loaded = await loadBackbone({ backbone: 'filter-bank', layers: ['layer1'] });
 * const again = restoreBackbone('filter-bank', ['layer1'], loaded.parameters);
 * console.log(again.layers[0]!.stride); // 4
 * ```
 */
export function restoreBackbone(
  choice: BackboneChoice,
  layers: readonly string[],
  tensors: Readonly<Record<string, HostTensor>>,
): LoadedBackbone {
  const backbone = findBackbone('restoreBackbone', choice);
  if (backbone instanceof GraphBackbone) return backbone.restore(layers, tensors);
  const shapes = backbone.parameters(layers);
  assertTensors('restoreBackbone', 'tensors', tensors, shapes);
  return withParameters(backbone, layers, Object.fromEntries(Object.keys(shapes).map((key) => [key, tensors[key]!])));
}

/**
 * A backbone and its folded tensors as one.
 *
 * @param backbone - the architecture
 * @param layers - what it computes
 * @param parameters - folded tensors, checked
 * @returns the backbone, ready
 */
export function withParameters(
  backbone: Backbone,
  layers: readonly string[],
  parameters: Readonly<Record<string, HostTensor>>,
): LoadedBackbone {
  const names = [...layers];
  return {
    backbone,
    layers: findLayers(backbone, names).map((index) => backbone.layers[index]!),
    parameters,
    features: (x) =>
      tf.tidy(() => {
        const constants = Object.fromEntries(
          Object.entries(parameters).map(([key, { data, shape }]) => [key, tf.tensor(data, [...shape])]),
        );
        return backbone.features(x, constants, names);
      }),
  };
}
