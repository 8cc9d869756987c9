import { argumentMessage, assertKnownOptions, assertOneOf, describe } from '@adlib/core';
import {
  cutOnnx,
  decodeOnnx,
  encodeOnnx,
  fromOnnx,
  unknownName,
  upgradeOnnx,
  type OnnxGraph,
  type OnnxModel,
  type OnnxValueInfo,
} from '@adlib/runtime';
import { fileName, readBytes } from '../readBytes.js';
import { layerOutput, type GraphBackbone } from './graphBackbone.js';
import {
  completeGraphOptions,
  graphBackbone,
  GRAPH_KEYS,
  type ComputedLayer,
  type FullGraphOptions,
  type GraphBackboneOptions,
} from './graphOptions.js';

/** Options of {@link onnxBackbone}. */
export interface OnnxBackboneOptions extends GraphBackboneOptions {
  /** Order of the axes of the model's input. @defaultValue where its 3 channels are */
  layout?: 'NCHW' | 'NHWC';
}

/** Name of the picture in the graph that is kept. */
const PICTURE = 'adlib/picture';
/** Numbers of the element types in the file format. */
const CODES: Readonly<Record<string, number>> = { float32: 1, float16: 10, float64: 11 };

/**
 * Opens any ONNX model as a backbone. Its graph is cut at the layers, brought to operator set 20 and run once, to see what
 * shapes it gives. What a detector learns on it is saved with the part of the graph it needs: a bundle needs no file.
 *
 * The model has one input, pictures of three channels; its batch is free or 1, its height and width are free or fixed. A
 * model that takes one picture at a time takes a batch one by one.
 *
 * @param source - in Node a path, anywhere an `http(s)` address or the bytes
 * @param options - `layers`: names of values or nodes, as a viewer of ONNX files shows them; normalisation, size, layout
 * @returns the backbone: a detector's option `backbone`
 * @throws OnnxFormatError for a damaged file, one with weights in a second file, or an operator of old that has no equal;
 *   RangeError for a layer that is not there, naming those most like it, or that is no map or vector, for an input that
 *   is no picture, and for a model that does not run
 * @example
 * ```ts
 * import { loadBackbone, onnxBackbone, PatchCore } from '@adlib/models';
 * import { toOnnx } from '@adlib/runtime';
 * import type { Tensor4D } from '@tensorflow/tfjs';
 * // A file as any program may write it; here with the features of the filter bank.
 * const { features } = await loadBackbone({ backbone: 'filter-bank', layers: ['layer1', 'layer2'] });
 * const file = toOnnx((x: Tensor4D) => features(x), {
 *   inputs: { x: { shape: [1, 64, 64, 3], dtype: 'float32' } }, outputs: ['fine', 'coarse'],
 * });
 * const backbone = await onnxBackbone(file, { layers: ['fine', 'coarse'] });
 * console.log(backbone.size, backbone.layers.map(({ channels, stride }) => [channels, stride])); // [64, 64] [[27, 4], [57, 8]]
 * const detector = new PatchCore({ backbone }); // its layers and its size
 * detector.dispose();
 * ```
 */
export async function onnxBackbone(source: string | Uint8Array, options: OnnxBackboneOptions): Promise<GraphBackbone> {
  const fn = 'onnxBackbone';
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    throw new TypeError(argumentMessage(fn, 'source', 'a path, an address or a Uint8Array', source));
  }
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(argumentMessage(fn, 'options', 'an object with layers', options));
  }
  assertKnownOptions(fn, options, [...GRAPH_KEYS, 'layout']);
  const name = typeof source === 'string' ? fileName(source) : 'model.onnx';
  const bytes = typeof source === 'string' ? await readBytes(fn, source) : source;
  const model = upgradeOnnx(decodeOnnx(bytes));
  const input = pictureInput(name, model.graph);
  const channelsFirst = inputLayout(input, options.layout) === 'NCHW';
  const [batch, ...own] = channelsFirst ? [0, 2, 3].map((axis) => input.shape?.[axis]) : (input.shape ?? []);
  const full = completeGraphOptions(
    fn,
    options,
    own.slice(0, 2).map((n) => (typeof n === 'number' ? n : undefined)),
  );
  if (typeof batch === 'number' && batch !== 1) {
    throw new RangeError(`${fn}: the batch of ${name} must be free or 1, got ${batch}. Export it with a free batch.`);
  }
  const paths = full.layers.map((layer) => pathOf(layer, model.graph));
  const cut = withPlainEnds(model, input, [...new Set(paths)]);
  const { computed, single } = await runOnce(name, cut, { ...full, channelsFirst, fixed: batch === 1 });
  const layers = paths.map((path, i): ComputedLayer => ({
    name: full.layers[i]!,
    path,
    shape: computed[layerOutput(path)]!,
  }));
  return graphBackbone({ fn, name, model: cut, layers, channelsFirst, single, options: full });
}

/** The one input that is no constant. */
function pictureInput(name: string, { inputs, initializers }: OnnxGraph): OnnxValueInfo {
  const constants = new Set(initializers.map((tensor) => tensor.name));
  const free = inputs.filter((input) => !constants.has(input.name));
  const [input] = free;
  if (free.length !== 1 || input === undefined) {
    const got = free.map((each) => each.name).join(', ');
    throw new RangeError(`onnxBackbone: ${name} must have one input, got ${free.length}${got && ': '}${got}.`);
  }
  const { dtype, shape } = input;
  if (!Object.hasOwn(CODES, dtype) || (shape !== undefined && shape.length !== 4)) {
    const sizes = shape === undefined ? '' : ` [${shape.join(', ')}]`;
    throw new RangeError(`onnxBackbone: the input of ${name} must be float pictures of 4 axes, got ${dtype}${sizes}.`);
  }
  return input;
}

function inputLayout({ shape }: OnnxValueInfo, layout: unknown): 'NCHW' | 'NHWC' {
  if (layout !== undefined) {
    assertOneOf('onnxBackbone', 'layout', layout, ['NCHW', 'NHWC']);
    return layout;
  }
  const [first, last] = [shape?.[1] === 3, shape?.[3] === 3];
  if (first !== last) return first ? 'NCHW' : 'NHWC';
  const hint = 'The shape of its input does not tell where the 3 channels are.';
  throw new RangeError(argumentMessage('onnxBackbone', 'layout', "'NCHW' or 'NHWC'", layout, hint));
}

/** The value that a name means: a value, or the first output of a node. */
function pathOf(layer: string, { nodes }: OnnxGraph): string {
  const values = nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '');
  if (values.includes(layer)) return layer;
  const node = nodes.find(({ name }) => name === layer);
  if (node?.outputs[0]) return node.outputs[0];
  throw new RangeError(unknownName('onnxBackbone', 'layers', layer, values));
}

/** The part of a model that some values need, with float32 at both ends whatever it computes in. */
function withPlainEnds(model: OnnxModel, input: OnnxValueInfo, paths: readonly string[]): OnnxModel {
  const cast = (from: string, to: string, code: number) => ({
    opType: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: { int: code } },
  });
  const { graph } = model;
  const ended: OnnxModel = {
    ...model,
    metadata: {},
    graph: {
      ...graph,
      inputs: [{ ...input, name: PICTURE, dtype: 'float32' }],
      nodes: [
        cast(PICTURE, input.name, CODES[input.dtype]!),
        ...graph.nodes,
        ...paths.map((path) => cast(path, layerOutput(path), CODES['float32']!)),
      ],
    },
  };
  return cutOnnx(
    ended,
    paths.map((path) => ({ name: layerOutput(path), dtype: 'float32' })),
  );
}

/** Shapes that the graph gives for two pictures, or for one where it does not take more. */
async function runOnce(
  name: string,
  model: OnnxModel,
  { size, channelsFirst, fixed }: Pick<FullGraphOptions, 'size'> & { channelsFirst: boolean; fixed: boolean },
): Promise<{ computed: Record<string, readonly number[]>; single: boolean }> {
  let problem: unknown;
  const file = encodeOnnx(model);
  for (const batch of fixed ? [1] : [2, 1]) {
    const shape = channelsFirst ? [batch, 3, ...size] : [batch, ...size, 3];
    try {
      const computed = await shapesOf(file, shape);
      const odd = Object.entries(computed).find(([, [first]]) => first !== batch);
      if (odd === undefined) return { computed, single: batch === 1 };
      problem = new RangeError(`it gives [${odd[1].join(', ')}] for a batch of ${batch}`);
    } catch (error) {
      problem = error;
    }
  }
  const why = problem instanceof Error ? problem.message : describe(problem);
  throw new RangeError(`onnxBackbone: ${name} must run on pictures of ${size.join('×')}, it does not: ${why}`, {
    cause: problem,
  });
}

async function shapesOf(file: Uint8Array, shape: readonly number[]): Promise<Record<string, readonly number[]>> {
  const runner = await fromOnnx(file);
  try {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const outputs = await runner.run({ [PICTURE]: { data, shape } });
    return Object.fromEntries(Object.entries(outputs).map(([output, tensor]) => [output, tensor.shape]));
  } finally {
    await runner.dispose();
  }
}
