import { argumentMessage, assertOneOf, imagenetNormalisation } from '@adlib/core';
import type { HostTensor, NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { Computation } from './compute.js';
import { declare, type DeclaredStage } from './declare.js';
import { fold, foldedShapes, rawShapes } from './fold.js';
import type { Stage } from './network.js';

/** One output that a backbone can give. */
export interface BackboneLayer {
  /** Name: `layer1` to `layer4` for the last output at strides 4 to 32, `stem`, `avgpool`, `logits`, or the path below. */
  readonly name: string;
  /** The module's path in torchvision, which names the layer too. */
  readonly path: string;
  /** Channels. */
  readonly channels: number;
  /** Pixels of the picture per position; undefined for one vector per picture. */
  readonly stride: number | undefined;
}

/** Names and number that a library's files use instead of torchvision's. */
export interface WeightNames {
  /** A tensor's name in the file, from torchvision's. */
  readonly rename: (name: string) => string;
  /** What that library adds to variances; the backbone's own where it is absent. */
  readonly epsilon?: number;
}

/** What is known of a network that turns pictures into feature maps before its weights are there. */
export interface BackboneFacts {
  /** Name in {@link backbones}, or of the file. */
  readonly name: string;
  /** Outputs, from the picture on. */
  readonly layers: readonly BackboneLayer[];
  /** Mean of each channel that is subtracted from values in [0, 1]. */
  readonly mean: readonly number[];
  /** What each channel is divided by afterwards. */
  readonly std: readonly number[];
}

/** A network that turns pictures into feature maps; it holds no weights. */
export interface Backbone extends BackboneFacts {
  /** Tensors that some layers need, as torchvision names and shapes them; empty for a backbone without weights. */
  tensors(layers: readonly string[]): Record<string, readonly number[]>;
  /** Shapes of the folded tensors that some layers compute with: those of {@link Backbone.prepare}. */
  parameters(layers: readonly string[]): Record<string, readonly number[]>;
  /** Names that a file uses, judged by the tensors it has: torchvision's or timm's. */
  namesIn(available: Iterable<string>): WeightNames;
  /**
   * Folds batch norms into filters and turns these to tfjs's layout; new tensors.
   *
   * @param raw - float32 tensors under torchvision's names, at least those of {@link Backbone.tensors}
   * @param layers - what will be computed
   * @param epsilon - added to variances, where a library's is not the backbone's own
   */
  prepare(
    raw: Readonly<Record<string, HostTensor>>,
    layers: readonly string[],
    epsilon?: number,
  ): Record<string, HostTensor>;
  /**
   * Feature maps `[batch, rows, columns, channels]`, in the order of `layers`; nothing after the last of them is computed.
   * One vector per picture is `[batch, 1, 1, channels]`.
   *
   * @param x - pictures `[batch, height, width, 3]`, normalised by {@link Backbone.mean} and {@link Backbone.std}
   * @param parameters - tensors of {@link Backbone.parameters}
   * @param layers - names of {@link Backbone.layers}
   */
  features(x: tf.Tensor4D, parameters: NamedTensors, layers: readonly string[]): tf.Tensor4D[];
}

/** What a {@link StagedBackbone} is made of. */
export interface StagedOptions {
  /** Name in the registry. */
  name: string;
  /** The architecture, made when it is first needed. */
  stages: () => readonly Stage[];
  /** Added to variances by torchvision. @defaultValue 1e-5 */
  epsilon?: number;
  /** Other libraries' names; a file's are those of which it has most. */
  names?: readonly WeightNames[];
  /** Mean of each channel. @defaultValue ImageNet's */
  mean?: readonly number[];
  /** Standard deviation of each channel. @defaultValue ImageNet's */
  std?: readonly number[];
}

const torchvisionNames: WeightNames = { rename: (name) => name };

/** A backbone whose architecture is a list of stages. */
export class StagedBackbone implements Backbone {
  /** Name in the registry. */
  readonly name: string;
  /** Mean of each channel of the pictures it was trained on, values in [0, 1]. */
  readonly mean: readonly number[];
  /** Their standard deviation. */
  readonly std: readonly number[];
  readonly #options: StagedOptions;
  #declared: readonly DeclaredStage[] | undefined;

  /** @param options - architecture and names */
  constructor(options: StagedOptions) {
    const { name, mean = imagenetNormalisation.mean, std = imagenetNormalisation.std } = options;
    this.name = name;
    this.mean = mean;
    this.std = std;
    this.#options = options;
  }

  get #stages(): readonly DeclaredStage[] {
    return (this.#declared ??= declare(this.#options.stages()));
  }

  /** Outputs, from the picture on. */
  get layers(): readonly BackboneLayer[] {
    return this.#stages.map(({ stage, channels, stride }) => ({
      name: stage.alias ?? stage.name,
      path: stage.name,
      channels,
      stride,
    }));
  }

  /** The stages that some layers need, and for each layer the index of its stage. */
  #upTo(layers: readonly string[]): { needed: readonly DeclaredStage[]; outputs: readonly number[] } {
    const outputs = findLayers(this, layers);
    return { needed: this.#stages.slice(0, Math.max(...outputs) + 1), outputs };
  }

  tensors(layers: readonly string[]): Record<string, readonly number[]> {
    return rawShapes(this.#upTo(layers).needed.flatMap(({ parts }) => parts));
  }

  parameters(layers: readonly string[]): Record<string, readonly number[]> {
    return foldedShapes(this.#upTo(layers).needed.flatMap(({ parts }) => parts));
  }

  namesIn(available: Iterable<string>): WeightNames {
    const names = new Set(available);
    const own = Object.keys(rawShapes(this.#stages.flatMap(({ parts }) => parts)));
    const found = ({ rename }: WeightNames) => own.filter((name) => names.has(rename(name))).length;
    const known = [torchvisionNames, ...(this.#options.names ?? [])];
    return known.reduce((best, other) => (found(other) > found(best) ? other : best));
  }

  prepare(
    raw: Readonly<Record<string, HostTensor>>,
    layers: readonly string[],
    epsilon = this.#options.epsilon ?? 1e-5,
  ): Record<string, HostTensor> {
    const parts = this.#upTo(layers).needed.flatMap((stage) => stage.parts);
    assertTensors('Backbone.prepare', `raw`, raw, rawShapes(parts));
    return fold(parts, raw, epsilon);
  }

  features(x: tf.Tensor4D, parameters: NamedTensors, layers: readonly string[]): tf.Tensor4D[] {
    const { needed, outputs } = this.#upTo(layers);
    return tf.tidy(() => {
      const net = new Computation(parameters);
      const results: tf.Tensor4D[] = [];
      needed.reduce((value, { stage }) => {
        const result = stage.build(net, value);
        results.push(result);
        return result;
      }, x);
      return outputs.map((index) => results[index]!);
    });
  }
}

/**
 * Places of layers among a backbone's.
 *
 * @param backbone - the backbone
 * @param layers - names or paths
 * @returns an index into `backbone.layers` for each
 * @throws RangeError for an unknown layer, listing the known ones, for one named twice, or for none
 */
export function findLayers(backbone: BackboneFacts, layers: readonly string[]): number[] {
  const all = backbone.layers;
  if (!Array.isArray(layers))
    throw new TypeError(argumentMessage(backbone.name, 'layers', 'an array of names', layers));
  if (layers.length === 0 || new Set(layers).size < layers.length) {
    throw new RangeError(argumentMessage(backbone.name, 'layers', 'one or more different names', layers.join(', ')));
  }
  return layers.map((layer: unknown) => {
    const index = all.findIndex(({ name, path }) => name === layer || path === layer);
    if (index < 0) assertOneOf(backbone.name, 'layers', layer, [...new Set(all.map(({ name }) => name))]);
    return index;
  });
}

/**
 * Throws unless tensors are there and have the right shapes.
 *
 * @param fn - caller, for the message
 * @param arg - what holds the tensors, for the message
 * @param tensors - by name
 * @param shapes - expected, by name
 * @throws RangeError naming the first tensor that is missing or of another shape
 */
export function assertTensors(
  fn: string,
  arg: string,
  tensors: Readonly<Record<string, HostTensor>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name]! : undefined;
    const got = tensor === undefined ? 'no such tensor' : `shape [${tensor.shape.join(', ')}]`;
    if (tensor?.shape.join() !== shape.join()) {
      throw new RangeError(`${fn}: ${arg}['${name}'] must have shape [${shape.join(', ')}], got ${got}.`);
    }
  }
}
