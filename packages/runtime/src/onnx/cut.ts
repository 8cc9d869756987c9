import { argumentMessage } from '@adlib/core';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from './model.js';

/**
 * Cuts a model down to what some of its values need; nothing after them is left, and no constant they do not use. Inputs
 * all stay.
 *
 * @param model - the model; not modified
 * @param outputs - values between nodes, or outputs, that the new model gives, in order; of a value whose shape is not
 *   known leave the shape out
 * @returns a new model that shares nodes and constants with the old one
 * @throws RangeError for a name that is no value of the model, naming those most like it
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { cutOnnx, decodeOnnx, toOnnx } from '@adlib/runtime';
 * const fn = (x: tf.Tensor) => tf.softmax(tf.exp(tf.relu(x)));
 * const model = decodeOnnx(toOnnx(fn, { inputs: { x: { shape: [1, 4], dtype: 'float32' } } }));
 * const [relu] = model.graph.nodes.filter(({ opType }) => opType === 'Relu');
 * const cut = cutOnnx(model, [{ name: relu!.outputs[0]!, dtype: 'float32' }]);
 * console.log(cut.graph.nodes.map(({ opType }) => opType)); // [ 'Relu' ]
 * ```
 */
export function cutOnnx(model: OnnxModel, outputs: readonly OnnxValueInfo[]): OnnxModel {
  const { graph } = model;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  makers.delete('');
  const given = [...graph.inputs, ...graph.initializers].map(({ name }) => name);
  for (const { name } of outputs) {
    if (makers.has(name) || given.includes(name)) continue;
    throw new RangeError(unknownName('cutOnnx', 'outputs', name, [...makers.keys()]));
  }
  const needed = new Set<string>();
  const nodes = new Set<OnnxNode>();
  const open = outputs.map(({ name }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const node = makers.get(name);
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...readBy(node));
  }
  return {
    ...model,
    graph: {
      ...graph,
      nodes: graph.nodes.filter((node) => nodes.has(node)),
      outputs: [...outputs],
      initializers: graph.initializers.filter(({ name }) => needed.has(name)),
    },
  };
}

/** Names that a node reads, those in the bodies of loops and branches included. */
function readBy(node: OnnxNode): string[] {
  const bodies = Object.values(node.attributes).flatMap((value) => ('graph' in value ? [value.graph] : []));
  const within = (graph: OnnxGraph) => [...graph.nodes.flatMap(readBy), ...graph.outputs.map(({ name }) => name)];
  return [...node.inputs, ...bodies.flatMap(within)];
}

/**
 * Text of the error for a name that is not there.
 *
 * @param fn - caller
 * @param arg - argument that has the name
 * @param name - the name
 * @param known - names that are there; those most like it are told
 * @returns the message
 * @example
 * ```ts
 * import { unknownName } from '@adlib/runtime';
 * console.log(unknownName('cut', 'layers', 'layer2', ['/layer1/Relu', '/layer2/Relu', 'input']));
 * // cut: layers must be names that are there, got 'layer2'. Nearest are '/layer2/Relu', ...
 * ```
 */
export function unknownName(fn: string, arg: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known, 6).map((text) => `'${text}'`);
  const hint = known.length === 0 ? 'There are none.' : `Nearest are ${near.join(', ')}, of ${known.length}.`;
  return argumentMessage(fn, arg, 'names that are there', name, hint);
}

/** The names that share most pairs of letters with a name (Dice's coefficient), most alike first. */
function nearest(name: string, known: readonly string[], count: number): string[] {
  const pairs = (text: string) => {
    const lower = text.toLowerCase();
    return new Set(Array.from({ length: Math.max(0, lower.length - 1) }, (_, i) => lower.slice(i, i + 2)));
  };
  const own = pairs(name);
  const likeness = known.map((text) => {
    const other = pairs(text);
    const shared = [...own].filter((pair) => other.has(pair)).length;
    return { text, likeness: (2 * shared) / Math.max(1, own.size + other.size) };
  });
  return likeness
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ text }) => text);
}
