import { argumentMessage } from '@adlib/core';
import { callOnnx, cutOnnx, type CalledOutput, type HostTensor, type OnnxModel } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { assertTensors, findLayers, type BackboneFacts, type BackboneLayer } from '../backbone.js';
import type { LoadedBackbone } from '../loadedBackbone.js';
import { packedShapes, packGraph, unpackGraph } from './packedGraph.js';

/** One layer of a {@link GraphBackbone}. */
export interface GraphLayer {
  /** What it was asked for by. */
  readonly name: string;
  /** The value in the graph. */
  readonly path: string;
  /** `[rows, columns, channels]`, or `[channels]` for one vector per picture. */
  readonly shape: readonly number[];
  /** Whether the graph has channels before rows. */
  readonly channelsFirst: boolean;
}

/** What is known of a {@link GraphBackbone} beside its graph: JSON, which a detector's options keep. */
export interface GraphBackboneDescription {
  /** Name of the file it comes from. */
  readonly name: string;
  /** Height and width of the pictures it takes. */
  readonly size: readonly [number, number];
  /** Mean of each channel that is subtracted from values in [0, 1]. */
  readonly mean: readonly number[];
  /** What each channel is divided by afterwards. */
  readonly std: readonly number[];
  /** Layers that can be taken. */
  readonly layers: readonly GraphLayer[];
  /** Whether the graph takes pictures with channels before rows. */
  readonly channelsFirst: boolean;
  /** Whether the graph takes one picture at a time. */
  readonly single: boolean;
}

/**
 * A network from a file as a backbone: an ONNX graph that gives some of its inner values as feature maps. Made by
 * `onnxBackbone` and `tfjsBackbone`; give it to a detector as its option `backbone`.
 */
export class GraphBackbone implements BackboneFacts {
  /** What a detector's options keep. */
  readonly description: GraphBackboneDescription;
  readonly #model: OnnxModel | undefined;

  /**
   * Not for callers: use `onnxBackbone` or `tfjsBackbone`.
   *
   * @param description - what is known of it
   * @param model - the graph, which gives each layer as `layerOutput(path)`; absent where only the description was saved
   */
  constructor(description: GraphBackboneDescription, model?: OnnxModel) {
    this.description = description;
    this.#model = model;
  }

  /** Name of the file. */
  get name(): string {
    return this.description.name;
  }

  /** Mean of each channel. */
  get mean(): readonly number[] {
    return this.description.mean;
  }

  /** Standard deviation of each channel. */
  get std(): readonly number[] {
    return this.description.std;
  }

  /** Height and width of the pictures it takes. */
  get size(): readonly [number, number] {
    return this.description.size;
  }

  /** Outputs, in the order they were asked for. */
  get layers(): readonly BackboneLayer[] {
    return this.description.layers.map(({ name, path, shape }) => {
      const [rows, columns] = shape;
      const stride = shape.length === 1 || rows! * columns! === 1 ? undefined : this.size[0] / rows!;
      return { name, path, channels: shape.at(-1)!, stride };
    });
  }

  /** The layers of some names. */
  #named(layers: readonly string[]): GraphLayer[] {
    return findLayers(this, layers).map((index) => this.description.layers[index]!);
  }

  /**
   * The part of the graph that some layers need.
   *
   * @param layers - names
   * @returns the backbone, ready
   * @throws RangeError for an unknown layer, or where only the description was saved
   */
  load(layers: readonly string[]): LoadedBackbone {
    const paths = this.#named(layers).map(({ path }) => path);
    if (this.#model === undefined) {
      const hint = 'Open the file again, with onnxBackbone or tfjsBackbone.';
      throw new RangeError(
        argumentMessage('loadBackbone', 'backbone', `opened from ${this.name}`, 'its options', hint),
      );
    }
    const outputs = paths.map((path) => ({ name: layerOutput(path), dtype: 'float32' as const }));
    const model = cutOnnx(this.#model, outputs);
    return this.#ready(layers, model, packGraph(model));
  }

  /**
   * Shapes of saved tensors.
   *
   * @param fn - caller, for the message
   * @param tensors - what was saved
   * @returns shapes by name; -1 for any
   * @throws RangeError for a damaged graph
   */
  savedShapes(fn: string, tensors: Readonly<Record<string, HostTensor>>): Record<string, readonly number[]> {
    try {
      return packedShapes(tensors);
    } catch (cause) {
      throw new RangeError(
        `${fn}: tensors.backbone.graph must be the graph of ${this.name}, it is damaged: ${(cause as Error).message}`,
        { cause },
      );
    }
  }

  /**
   * The backbone of saved tensors.
   *
   * @param layers - names
   * @param tensors - what {@link LoadedBackbone.parameters} held; others among them are left alone
   * @returns the backbone, ready
   * @throws RangeError for a tensor that is missing or of another shape, or a layer that the saved graph does not give
   */
  restore(layers: readonly string[], tensors: Readonly<Record<string, HostTensor>>): LoadedBackbone {
    const shapes = packedShapes(tensors);
    assertTensors('restoreBackbone', 'tensors', tensors, shapes);
    const model = unpackGraph(tensors);
    const given = new Set(model.graph.outputs.map(({ name }) => name));
    const missing = this.#named(layers).find(({ path }) => !given.has(layerOutput(path)));
    if (missing !== undefined) {
      throw new RangeError(argumentMessage('restoreBackbone', 'layers', 'in the saved graph', missing.name));
    }
    return this.#ready(layers, model, Object.fromEntries(Object.keys(shapes).map((name) => [name, tensors[name]!])));
  }

  #ready(
    layers: readonly string[],
    model: OnnxModel,
    parameters: Readonly<Record<string, HostTensor>>,
  ): LoadedBackbone {
    const wanted = this.#named(layers);
    return {
      backbone: this,
      layers: findLayers(this, layers).map((index) => this.layers[index]!),
      parameters,
      features: (x) => this.#features(x, model, wanted),
    };
  }

  #features(x: tf.Tensor4D, model: OnnxModel, wanted: readonly GraphLayer[]): tf.Tensor4D[] {
    const { size, channelsFirst, single } = this.description;
    const [batch, height, width] = x.shape;
    if (height !== size[0] || width !== size[1]) {
      const expected = `pictures of ${size.join('×')} pixels, for which ${this.name} was opened`;
      throw new RangeError(argumentMessage('features', 'x', expected, [height, width]));
    }
    const outputs = Object.fromEntries(
      wanted.map(({ path, shape, channelsFirst: turned }): [string, CalledOutput] => [
        layerOutput(path),
        { shape: [batch, ...shape], channelsFirst: turned },
      ]),
    );
    return tf.tidy(() => {
      const maps = callOnnx(model, x, { outputs, channelsFirst, single });
      return maps.map((map) => (map.rank === 4 ? map : tf.reshape(map, [batch, 1, 1, -1])) as tf.Tensor4D);
    });
  }
}

/**
 * Name of the graph's output that gives a value.
 *
 * @param path - the value
 * @returns the output's name
 */
export function layerOutput(path: string): string {
  return `features/${path}`;
}
