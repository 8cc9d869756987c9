import { argumentMessage, assertKnownOptions } from '@adlib/core';
import { trace, unknownName, type OnnxModel } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { fileName, readBytes } from '../readBytes.js';
import { layerOutput, type GraphBackbone } from './graphBackbone.js';
import {
  completeGraphOptions,
  graphBackbone,
  GRAPH_KEYS,
  type ComputedLayer,
  type GraphBackboneOptions,
} from './graphOptions.js';

/** Where a TensorFlow.js model comes from. */
export type TfjsSource = string | tf.io.IOHandler | tf.LayersModel | tf.GraphModel;

/**
 * Opens a TensorFlow.js model, of layers or a graph, as a backbone. It is run once on placeholders and written down as an
 * ONNX graph, which is what runs, is saved and is exported from then on. The model itself is no longer needed.
 *
 * @param source - in Node the path, anywhere the `http(s)` address of a `model.json` with its shards beside it; a handler of
 *   TensorFlow.js (`tf.io.fromMemory`, `tf.io.browserFiles`, ...); or a model that is loaded, which stays the caller's
 * @param options - `layers`: names of layers, or of nodes of a graph model; normalisation, size
 * @returns the backbone: a detector's option `backbone`
 * @throws UnsupportedOpError naming an op that has no graph form; RangeError for a layer that is not there, naming those
 *   most like it, or that is no map or vector, for an input that is no picture, and for a file that is no model
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { PaDiM, tfjsBackbone } from '@adlib/models';
 * const model = tf.sequential({ layers: [
 *   tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 4, padding: 'same', inputShape: [64, 64, 3], name: 'fine' }),
 *   tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', name: 'coarse' }),
 * ] });
 * const backbone = await tfjsBackbone(model, { layers: ['fine', 'coarse'], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
 * console.log(backbone.layers.map(({ channels, stride }) => [channels, stride])); // [[8, 4], [16, 8]]
 * model.dispose();
 * const detector = new PaDiM({ backbone });
 * detector.dispose();
 * ```
 * @see https://js.tensorflow.org/api/latest/#loadGraphModel
 */
export async function tfjsBackbone(source: TfjsSource, options: GraphBackboneOptions): Promise<GraphBackbone> {
  const fn = 'tfjsBackbone';
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(argumentMessage(fn, 'options', 'an object with layers', options));
  }
  assertKnownOptions(fn, options, GRAPH_KEYS);
  await tf.ready();
  const { model, name, names, own } = await openModel(fn, source);
  try {
    const [input] = model.inputs;
    const [, height, width, channels] = input?.shape ?? [];
    if (model.inputs.length !== 1 || input!.shape?.length !== 4 || (isKnown(channels) && channels !== 3)) {
      const got = model.inputs.map(({ shape }) => `[${(shape ?? ['any']).join(', ')}]`).join(', ');
      throw new RangeError(`${fn}: ${name} must have one input, pictures [batch, height, width, 3], got ${got}.`);
    }
    const free = [height, width].map((n) => (isKnown(n) ? n : undefined));
    const full = completeGraphOptions(fn, options, free);
    const unknown = names && full.layers.find((layer) => !names.includes(layer));
    if (unknown !== undefined) throw new RangeError(unknownName(fn, 'layers', unknown, names!));
    const run = runnerOf(model, full.layers);
    const { graph, shapes, single } = traceBoth(run, full.layers, full.size);
    const layers = full.layers.map((layer): ComputedLayer => ({
      name: layer,
      path: layer,
      shape: shapes[layerOutput(layer)]!,
      channelsFirst: false,
    }));
    return graphBackbone({ fn, name, model: graph, layers, channelsFirst: false, single, options: full });
  } finally {
    if (own) model.dispose();
  }
}

function isKnown(size: number | null | undefined): size is number {
  return typeof size === 'number' && size > 0;
}

interface Opened {
  model: tf.LayersModel | tf.GraphModel;
  /** Name of the file. */
  name: string;
  /** Names that layers can have, where they can be told. */
  names: readonly string[] | undefined;
  /** Whether the model was loaded here. */
  own: boolean;
}

async function openModel(fn: string, source: TfjsSource): Promise<Opened> {
  if (source instanceof tf.LayersModel) {
    return { model: source, name: source.name, names: source.layers.map(({ name }) => name), own: false };
  }
  if (source instanceof tf.GraphModel) return { model: source, name: 'graph model', names: undefined, own: false };
  const handler = typeof source === 'string' ? fileHandler(fn, source) : source;
  if (typeof handler?.load !== 'function') {
    const expected = 'the path or address of a model.json, a handler of TensorFlow.js, or a model';
    throw new TypeError(argumentMessage(fn, 'source', expected, source));
  }
  const name = typeof source === 'string' ? fileName(source) : 'model.json';
  const artifacts = await handler.load();
  const topology = artifacts.modelTopology as { node?: { name: string }[]; model_config?: unknown } | undefined;
  if (typeof topology !== 'object' || topology === null || artifacts.weightSpecs === undefined) {
    throw new RangeError(`${fn}: ${name} must hold a model's topology and weights, as tf.io writes them, it does not.`);
  }
  const memory = tf.io.fromMemory(artifacts);
  if (Array.isArray(topology.node)) {
    const names = topology.node.map((node) => node.name);
    return { model: await tf.loadGraphModel(memory), name, names, own: true };
  }
  const model = await tf.loadLayersModel(memory);
  return { model, name, names: model.layers.map((layer) => layer.name), own: true };
}

/** Reads a `model.json` and its shards from where they lie. */
function fileHandler(fn: string, from: string): tf.io.IOHandler {
  const beside = (path: string) => from.replace(/[^\\/]*$/, path);
  return {
    load: async () => {
      const text = new TextDecoder().decode(await readBytes(fn, from));
      let json: tf.io.ModelJSON;
      try {
        json = JSON.parse(text) as tf.io.ModelJSON;
      } catch (cause) {
        throw new RangeError(`${fn}: ${fileName(from)} must be the JSON of a TensorFlow.js model, it is no JSON.`, {
          cause,
        });
      }
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const shards = [];
        for (const path of manifest.flatMap(({ paths }) => paths))
          shards.push((await readBytes(fn, beside(path))).slice().buffer);
        return [manifest.flatMap(({ weights }) => weights), tf.io.CompositeArrayBuffer.join(shards)];
      });
    },
  };
}

type Runner = (x: tf.Tensor4D) => tf.Tensor[];

/** The model up to some layers. */
function runnerOf(model: tf.LayersModel | tf.GraphModel, layers: readonly string[]): Runner {
  const listed = (result: tf.Tensor | tf.Tensor[]) => (Array.isArray(result) ? result : [result]);
  if (model instanceof tf.GraphModel) return (x) => listed(model.execute(x, [...layers]));
  const outputs = layers.map((layer) => model.getLayer(layer).output as tf.SymbolicTensor);
  const cut = tf.model({ inputs: model.inputs, outputs });
  return (x) => listed(cut.apply(x, { training: false }) as tf.Tensor | tf.Tensor[]);
}

/** The graph of one picture, and whether it is the same for two: then it takes any number. */
function traceBoth(run: Runner, layers: readonly string[], size: readonly [number, number]) {
  const of = (batch: number) =>
    trace(({ x }) => Object.fromEntries(run(x as tf.Tensor4D).map((tensor, i) => [layerOutput(layers[i]!), tensor])), {
      x: { shape: [batch, ...size, 3], dtype: 'float32' },
    });
  const [one, two] = [of(1), of(2)];
  const same = textOf(one.model) === textOf(two.model);
  const outputs = one.model.graph.outputs.map(({ name }) => ({ name, dtype: 'float32' as const }));
  const inputs = [{ name: 'x', dtype: 'float32' as const, shape: [same ? 'batch' : 1, ...size, 3] }];
  const graph: OnnxModel = { ...one.model, graph: { ...one.model.graph, inputs, outputs } };
  const shapes = Object.fromEntries(Object.entries(one.outputs).map(([output, { shape }]) => [output, shape]));
  return { graph, shapes, single: !same };
}

/** Nodes and small constants, which is where a number of pictures would be written. */
function textOf({ graph }: OnnxModel): string {
  const small = graph.initializers.filter(({ data }) => data.length <= 16);
  return JSON.stringify([graph.nodes, small], (_key, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}`
      : ArrayBuffer.isView(value)
        ? Array.from(value as Int32Array, String)
        : value,
  );
}
