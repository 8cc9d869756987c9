import type { OnnxAttribute, OnnxData, OnnxGraph, OnnxModel, OnnxNode } from './model.js';
import { OnnxFormatError } from './wire.js';

/** Version of ONNX's operator set that graphs of this library are written against. */
export const OPSET = 20;

/** The oldest version that can be brought to {@link OPSET}: before it, operands were stretched by attributes. */
const OLDEST = 7;

/** Operators whose attribute `axes` became their second input, and in which version. */
const AXES_BECAME_INPUT: Readonly<Record<string, number>> = {
  Squeeze: 13,
  Unsqueeze: 13,
  ReduceSum: 13,
  ...Object.fromEntries(
    ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map((name) => [`Reduce${name}`, 18]),
  ),
};

/** Operators that older versions have in a form which has no equal here, and the version from which on they are kept. */
const REFUSED_BEFORE: Readonly<Record<string, number>> = { DFT: 20, Scan: 9, Loop: 11 };

/**
 * Brings a model to operator set 20, which computes the same: what older sets write as attributes becomes inputs, and
 * operators that were replaced are written as their successors. Newer models stay as they are.
 *
 * @param model - the model; not modified
 * @returns the model, or a new one that shares its weights
 * @throws {@link OnnxFormatError} for an operator set before 7, or naming an operator that has no equal in set 20
 * @example
 * ```ts
 * import { upgradeOnnx } from '@adlib/runtime';
 * const x = { name: 'x', dtype: 'float32', shape: [2] } as const;
 * const clip = { opType: 'Clip', inputs: ['x'], outputs: ['y'], attributes: { min: { float: 0 } } };
 * const { graph, opsets } = upgradeOnnx({
 *   irVersion: 4, producerName: '', producerVersion: '', opsets: [{ domain: '', version: 9 }], metadata: {},
 *   graph: { name: 'old', nodes: [clip], inputs: [x], outputs: [{ ...x, name: 'y' }], initializers: [] },
 * });
 * console.log(opsets[0]!.version, graph.nodes.at(-1)!.inputs.length); // 20 2: the bound is an input now
 * ```
 * @see https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
export function upgradeOnnx(model: OnnxModel): OnnxModel {
  const version = model.opsets.find(({ domain }) => isDefault(domain))?.version ?? 1;
  if (version >= OPSET) return model;
  if (version < OLDEST) {
    throw new OnnxFormatError(
      `upgradeOnnx: the model must be of operator set ${OLDEST} or newer, got ${version}. Export it again.`,
    );
  }
  const others = model.opsets.filter(({ domain }) => !isDefault(domain));
  return {
    ...model,
    irVersion: Math.max(model.irVersion, 9),
    opsets: [{ domain: '', version: OPSET }, ...others],
    graph: upgradeGraph(model.graph, version),
  };
}

/**
 * Whether a domain is ONNX's own, which has two names.
 *
 * @param domain - of a node or an operator set; absent for ONNX's own
 * @returns true or false
 */
export function isDefault(domain: string | undefined): boolean {
  return domain === undefined || domain === '' || domain === 'ai.onnx';
}

function upgradeGraph(graph: OnnxGraph, version: number): OnnxGraph {
  const nodes = graph.nodes.flatMap((node) => {
    const inner = { ...node, attributes: mapAttributes(node, version) };
    return isDefault(node.domain) ? new Upgrade(inner, version).nodes() : [inner];
  });
  return { ...graph, nodes };
}

function mapAttributes(node: OnnxNode, version: number): Record<string, OnnxAttribute> {
  const entries = Object.entries(node.attributes).map(([name, value]): [string, OnnxAttribute] => [
    name,
    'graph' in value ? { graph: upgradeGraph(value.graph, version) } : value,
  ]);
  return Object.fromEntries(entries);
}

/** One node in the words of {@link OPSET}. */
class Upgrade {
  readonly #node: OnnxNode;
  readonly #version: number;
  readonly #before: OnnxNode[] = [];

  constructor(node: OnnxNode, version: number) {
    this.#node = node;
    this.#version = version;
  }

  nodes(): OnnxNode[] {
    const { opType } = this.#node;
    const refused = REFUSED_BEFORE[opType];
    if (refused !== undefined && this.#version < refused) this.#refuse();
    const axes = AXES_BECAME_INPUT[opType];
    const node = axes !== undefined && this.#version < axes ? this.#axesAsInput() : this.#changed();
    return Array.isArray(node) ? [...this.#before, ...node] : [...this.#before, node];
  }

  #changed(): OnnxNode | OnnxNode[] {
    const v = this.#version;
    switch (this.#node.opType) {
      case 'BatchNormalization':
        return this.#batchNorm();
      case 'Clip':
        return v < 11 ? this.#clip() : this.#node;
      case 'Dropout':
        return v < 12 ? this.#with([this.#input(0)], ['ratio']) : this.#node;
      case 'GridSample':
        return this.#gridSample();
      case 'Hardmax':
      case 'LogSoftmax':
      case 'Softmax':
        return v < 13 ? this.#softmax() : this.#node;
      case 'Pad':
        return v < 11 ? this.#pad() : this.#node;
      case 'Resize':
        return this.#resize();
      case 'Scatter':
        return { ...this.#node, opType: 'ScatterElements' };
      case 'Slice':
        return v < 10 ? this.#slice() : this.#node;
      case 'Split':
        return this.#split();
      case 'TopK':
        return v < 10 ? this.#with([this.#input(0), this.#int64(this.#ints('k'))], ['k']) : this.#node;
      case 'Upsample':
        return this.#upsample();
      default:
        return this.#node;
    }
  }

  #refuse(why = ''): never {
    throw new OnnxFormatError(
      `upgradeOnnx: ${this.#node.opType} of operator set ${this.#version}${why} has no equal in set ${OPSET}. Export the model again, with a newer set.`,
    );
  }

  #input(index: number): string {
    return this.#node.inputs[index] ?? '';
  }

  #ints(name: string): number[] {
    const value = this.#node.attributes[name];
    if (value === undefined) return [];
    return ('ints' in value ? value.ints : 'int' in value ? [value.int] : []).map(Number);
  }

  #float(name: string): number | undefined {
    const value = this.#node.attributes[name];
    return value !== undefined && 'float' in value ? value.float : undefined;
  }

  #text(name: string, otherwise: string): string {
    const value = this.#node.attributes[name];
    return value !== undefined && 'string' in value ? value.string : otherwise;
  }

  /** The node with other inputs and without some attributes. */
  #with(inputs: string[], gone: readonly string[], more: Record<string, OnnxAttribute> = {}): OnnxNode {
    const kept = Object.entries(this.#node.attributes).filter(([name]) => !gone.includes(name));
    while (inputs.at(-1) === '') inputs.pop();
    return { ...this.#node, inputs, attributes: { ...Object.fromEntries(kept), ...more } };
  }

  /** A node before this one; returns its output, named after this node's. */
  #add(opType: string, inputs: string[], attributes: Record<string, OnnxAttribute> = {}): string {
    const name = `${this.#node.outputs[0]!}/upgrade_${this.#before.length}`;
    this.#before.push({ opType, inputs, outputs: [name], attributes });
    return name;
  }

  #constant(dtype: 'int64' | 'float32', data: OnnxData, dims: readonly number[]): string {
    return this.#add('Constant', [], { value: { tensor: { name: '', dtype, dims, data } } });
  }

  #int64(values: readonly number[]): string {
    return this.#constant('int64', BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** A number of the type that the node's first input has. */
  #like(value: number | undefined): string {
    if (value === undefined) return '';
    return this.#add('CastLike', [this.#constant('float32', Float32Array.of(value), []), this.#input(0)]);
  }

  #axesAsInput(): OnnxNode {
    if (this.#node.attributes['axes'] === undefined) return this.#node;
    return this.#with([this.#input(0), this.#int64(this.#ints('axes'))], ['axes']);
  }

  #batchNorm(): OnnxNode {
    if (this.#version >= 14) return this.#node;
    const outputs = this.#node.outputs.slice(0, 1);
    if (this.#node.outputs.some((name, i) => i > 0 && name !== '')) this.#refuse(' in training mode');
    if (this.#version < 9 && this.#ints('spatial')[0] === 0) this.#refuse(' with spatial = 0');
    return { ...this.#with([...this.#node.inputs], ['spatial']), outputs };
  }

  #clip(): OnnxNode {
    return this.#with([this.#input(0), this.#like(this.#float('min')), this.#like(this.#float('max'))], ['min', 'max']);
  }

  #gridSample(): OnnxNode {
    const mode = { bilinear: 'linear', bicubic: 'cubic' }[this.#text('mode', 'bilinear')];
    return mode === undefined ? this.#node : this.#with([...this.#node.inputs], [], { mode: { string: mode } });
  }

  /** Before set 13 these worked on the input flattened to a matrix. */
  #softmax(): OnnxNode[] {
    const [axis = 1] = this.#ints('axis');
    const [output] = this.#node.outputs;
    const shape = this.#add('Shape', [this.#input(0)]);
    const flat = this.#add('Flatten', [this.#input(0)], { axis: { int: axis } });
    const result = this.#add(this.#node.opType, [flat], { axis: { int: -1 } });
    return [{ opType: 'Reshape', inputs: [result, shape], outputs: [output!], attributes: {} }];
  }

  #pad(): OnnxNode {
    const value = this.#float('value');
    return this.#with([this.#input(0), this.#int64(this.#ints('pads')), this.#like(value)], ['pads', 'value']);
  }

  #resize(): OnnxNode {
    if (this.#version < 11) return this.#scaled(this.#input(1));
    if (this.#text('coordinate_transformation_mode', '') === 'tf_half_pixel_for_nn') {
      this.#refuse(' with tf_half_pixel_for_nn');
    }
    return this.#node;
  }

  #upsample(): OnnxNode {
    if (this.#version >= 9) return this.#scaled(this.#input(1));
    const scales = this.#node.attributes['scales'];
    const values = scales !== undefined && 'floats' in scales ? scales.floats : this.#refuse(' without scales');
    return this.#scaled(this.#constant('float32', Float32Array.from(values), [values.length]));
  }

  /** Enlarging as it was before set 11. */
  #scaled(scales: string): OnnxNode {
    const node = this.#with([this.#input(0), '', scales], ['scales'], {
      coordinate_transformation_mode: { string: 'asymmetric' },
      nearest_mode: { string: 'floor' },
    });
    return { ...node, opType: 'Resize' };
  }

  #slice(): OnnxNode {
    const starts = this.#ints('starts');
    const axes = this.#node.attributes['axes'] === undefined ? [...starts.keys()] : this.#ints('axes');
    const lists = [starts, this.#ints('ends'), axes].map((list) => this.#int64(list));
    return this.#with([this.#input(0), ...lists], ['starts', 'ends', 'axes']);
  }

  #split(): OnnxNode {
    if (this.#version >= 18) return this.#node;
    if (this.#node.attributes['split'] !== undefined) {
      return this.#with([this.#input(0), this.#int64(this.#ints('split'))], ['split']);
    }
    if (this.#input(1) !== '') return this.#node;
    return this.#with([this.#input(0)], [], { num_outputs: { int: this.#node.outputs.length } });
  }
}
