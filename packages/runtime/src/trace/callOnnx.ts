import * as tf from '@tensorflow/tfjs';
import { UnsupportedDeviceError } from '@adlib/core';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode } from '../onnx/model.js';
import { upgradeOnnx } from '../onnx/upgrade.js';
import { TraceBackend } from './backend.js';
import type { GraphBuilder } from './graphBuilder.js';
import { channelsFirstShape, TraceValue } from './value.js';

/** An output of a called graph. */
export interface CalledOutput {
  /** Size of each axis in TensorFlow.js's order, the batch first: `[batch, rows, columns, channels]` for a map. */
  readonly shape: readonly number[];
  /** Whether the graph has it in ONNX's order, `[batch, channels, rows, columns]`. @defaultValue false */
  readonly channelsFirst?: boolean;
}

/** How a graph is called. */
export interface CallOnnxOptions {
  /** Outputs wanted, float32, by their names in the graph. */
  readonly outputs: Readonly<Record<string, CalledOutput>>;
  /** Whether the graph takes its input in ONNX's order, `[batch, channels, rows, columns]`. @defaultValue false */
  readonly channelsFirst?: boolean;
  /** Whether the graph takes a batch of 1 only: a larger one is taken apart, and each item goes through it. @defaultValue false */
  readonly single?: boolean;
}

/**
 * Calls an ONNX graph inside a function that is compiled or exported: its nodes become part of that function's graph, on
 * whichever device it runs. Shapes of its outputs are the caller's knowledge. Gradients do not go through it.
 *
 * @param model - a model with one float32 input beside its constants; one of an operator set before 20 is brought to it
 * @param x - the input, in TensorFlow.js's order, `[batch, rows, columns, channels]`
 * @param options - outputs and orders of axes
 * @returns the outputs in the order they were asked for; new tensors
 * @throws UnsupportedDeviceError outside of a compiled function, which is where device `tfjs` runs it; what
 *   {@link upgradeOnnx} throws
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { callOnnx, compile, decodeOnnx, hostTensor, toOnnx } from '@adlib/runtime';
 * const file = toOnnx((x: tf.Tensor) => tf.sqrt(x), { inputs: { x: { shape: [1, 2, 2, 1], dtype: 'float32' } } });
 * const model = decodeOnnx(file);
 * const twice = compile((x: tf.Tensor4D) => {
 *   const [root] = callOnnx(model, x, { outputs: { y: { shape: [1, 2, 2, 1] } } });
 *   return tf.mul(root!, 2);
 * });
 * console.log((await twice(hostTensor([1, 4, 9, 16], [1, 2, 2, 1]))).data); // Float32Array [2, 4, 6, 8]
 * await twice.dispose();
 * ```
 */
export function callOnnx(model: OnnxModel, x: tf.Tensor4D, options: CallOnnxOptions): tf.Tensor[] {
  const { outputs, channelsFirst = false, single = false } = options;
  const backend = tf.backend();
  if (!(backend instanceof TraceBackend)) {
    throw new UnsupportedDeviceError(
      'callOnnx: an ONNX graph runs on ONNX Runtime only, not with device "tfjs". Use "cpu", "wasm", "webgpu" or "auto".',
    );
  }
  const upgraded = upgradeOnnx(model);
  const g = backend.graph;
  g.use(upgraded);
  const fed = g.named(backend.lookUp(x), channelsFirst);
  const names = Object.keys(outputs);
  const each = single && x.shape[0] > 1;
  const written = each
    ? scanned(g, upgraded.graph, fed, { input: inputShape(x.shape, channelsFirst), names })
    : inlined(g, upgraded.graph, fed, names);
  return names.map((name, i) => {
    const { shape, channelsFirst: turned = false } = outputs[name]!;
    const value = new TraceValue(shape, 'float32', turned ? { channelsFirst: written[i]! } : { plain: written[i]! });
    return tf.engine().makeTensorFromTensorInfo(backend.adopt(value));
  });
}

function inputShape(shape: readonly number[], channelsFirst: boolean): readonly number[] {
  return channelsFirst ? channelsFirstShape(shape) : shape;
}

/** Puts the graph's nodes into another; returns the names of some of its outputs there. */
function inlined(g: GraphBuilder, graph: OnnxGraph, fed: string, outputs: readonly string[]): string[] {
  const prefix = `${g.fresh('call')}/`;
  const renamed = prefixed(graph, prefix);
  g.nodes.push({ opType: 'Identity', inputs: [fed], outputs: [prefix + inputOf(graph)], attributes: {} });
  g.initializers.push(...renamed.initializers);
  g.nodes.push(...renamed.nodes);
  return outputs.map((name) => prefix + name);
}

/** The graph's one input that is no constant. */
function inputOf({ inputs, initializers }: OnnxGraph): string {
  const constants = new Set(initializers.map(({ name }) => name));
  return inputs.find(({ name }) => !constants.has(name))!.name;
}

/** The graph as the body of a `Scan` over the batch, which gives it one item at a time. */
function scanned(
  g: GraphBuilder,
  graph: OnnxGraph,
  fed: string,
  { input, names }: { input: readonly number[]; names: readonly string[] },
): string[] {
  const prefix = `${g.fresh('scan')}/`;
  const { nodes, initializers } = prefixed(graph, prefix);
  const first = `${prefix}first`;
  // A scan's items have no batch axis; the graph wants one of size 1.
  const item = `${prefix}item`;
  const body: OnnxGraph = {
    name: 'item',
    inputs: [{ name: item, dtype: 'float32', shape: input.slice(1) }],
    outputs: names.map((name) => ({ name: `${prefix}out/${name}`, dtype: 'float32' })),
    initializers: [{ name: first, dtype: 'int64', dims: [1], data: BigInt64Array.of(0n) }, ...initializers],
    nodes: [
      node('Unsqueeze', [item, first], prefix + inputOf(graph)),
      ...nodes,
      ...names.map((name) => node('Squeeze', [prefix + name, first], `${prefix}out/${name}`)),
    ],
  };
  return g.nodeN('Scan', [fed], names.length, { body: { graph: body }, num_scan_inputs: 1 });
}

function node(opType: string, inputs: string[], output: string): OnnxNode {
  return { opType, inputs, outputs: [output], attributes: {} };
}

/** The graph with a text before each name of a value, in the bodies of loops and branches too. */
function prefixed(graph: OnnxGraph, prefix: string): OnnxGraph {
  const named = (name: string) => (name === '' ? '' : prefix + name);
  const values = <T extends { name: string }>(list: readonly T[]) => list.map((v) => ({ ...v, name: named(v.name) }));
  const attribute = (value: OnnxAttribute) => ('graph' in value ? { graph: prefixed(value.graph, prefix) } : value);
  return {
    ...graph,
    inputs: values(graph.inputs),
    outputs: values(graph.outputs),
    initializers: values(graph.initializers),
    nodes: graph.nodes.map((each) => ({
      ...each,
      ...(each.name === undefined ? {} : { name: named(each.name) }),
      inputs: each.inputs.map(named),
      outputs: each.outputs.map(named),
      attributes: Object.fromEntries(Object.entries(each.attributes).map(([name, value]) => [name, attribute(value)])),
    })),
  };
}
