import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../onnx/model.js';
import { isDefault, OPSET } from '../onnx/upgrade.js';
import {
  channelsFirstShape,
  sizeOf,
  TO_CHANNELS_FIRST,
  TO_CHANNELS_LAST,
  TraceValue,
  type ConstantData,
  type TraceDtype,
} from './value.js';

/** Attributes as kernels write them: a number is an int, a list is ints, `{ float }` and the rest are explicit. */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | OnnxAttribute>>;

/** Collects the nodes and constants of one ONNX graph while a function is traced. */
export class GraphBuilder {
  /** Nodes so far, each after those it reads. */
  readonly nodes: OnnxNode[] = [];
  /** Constants so far. */
  readonly initializers: OnnxTensor[] = [];
  /** What the graph is fed. */
  readonly inputs: OnnxGraph['inputs'] = [];
  /** Whether the graph is for ONNX Runtime's CPU kernels, which run more forms of some operators than others do. */
  readonly forCpu: boolean;
  /** Operator sets by domain. */
  readonly opsets = new Map([['', OPSET]]);
  /** Version of the file format. */
  irVersion = 9;
  #count = 0;
  readonly #shared = new Map<string, string>();

  /** An empty graph for {@link GraphBuilder.forCpu} or for any device. */
  constructor(forCpu = false) {
    this.forCpu = forCpu;
  }

  /** A name that no other value of the graph has. */
  fresh(hint: string): string {
    return `${hint}_${(this.#count++).toString()}`;
  }

  /** Takes in the operator sets of a model whose nodes become part of the graph: the newest version of each counts. */
  use({ irVersion, opsets }: Pick<OnnxModel, 'irVersion' | 'opsets'>): void {
    this.irVersion = Math.max(this.irVersion, irVersion);
    for (const { domain, version } of opsets) {
      const name = isDefault(domain) ? '' : domain;
      this.opsets.set(name, Math.max(this.opsets.get(name) ?? 0, version));
    }
  }

  /** Appends a node; returns the names of its outputs. */
  nodeN(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
    domain?: string,
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.fresh(opType));
    this.nodes.push({
      opType,
      ...(domain === undefined ? {} : { domain }),
      name: names[0]!,
      inputs: [...inputs],
      outputs: names,
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attribute(value)])),
    });
    return names;
  }

  /** Appends a node with one output; returns its name. The same node over the same inputs is written once. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}, domain?: string): string {
    const key = `${opType} ${inputs.join(' ')} ${JSON.stringify(attributes)}`;
    const shareable = key.length < 400;
    const known = shareable ? this.#shared.get(key) : undefined;
    if (known !== undefined) return known;
    const name = this.nodeN(opType, inputs, 1, attributes, domain)[0]!;
    if (shareable) this.#shared.set(key, name);
    return name;
  }

  /** A constant of int64 values: shapes, axes, pads. Equal ones are stored once. */
  int64(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant(
      'int64',
      BigInt64Array.from(values, BigInt),
      dims,
      `i64 ${dims.join('x')}:${values.join(',')}`,
    );
  }

  /** A float scalar. Equal ones are stored once. */
  float(value: number): string {
    return this.#constant('float32', Float32Array.of(value), [], `f32 ${Object.is(value, -0) ? '-0' : value}`);
  }

  /** A scalar of a dtype. Equal ones are stored once. */
  scalar(value: number, dtype: TraceDtype): string {
    if (dtype === 'float32') return this.float(value);
    if (dtype === 'int32') return this.#constant('int32', Int32Array.of(value), [], `i32 ${value}`);
    return this.#constant('bool', Uint8Array.of(value ? 1 : 0), [], `bool ${value}`);
  }

  /** Stores numbers as a constant of the graph; large arrays of one repeated value become a node that makes them. */
  constant(data: ConstantData, dims: readonly number[], dtype: TraceDtype): string {
    const first = data[0];
    if (data.length > 16 && first !== undefined && isUniform(data)) return this.fill(dims, first, dtype);
    const name = this.fresh('const');
    this.initializers.push({ name, dtype, dims, data });
    return name;
  }

  /** A tensor of one repeated value, made when the graph runs instead of stored. */
  fill(dims: readonly number[], value: number, dtype: TraceDtype): string {
    if (sizeOf(dims) === 0) return this.constant(emptyData(dtype), dims, dtype);
    if (sizeOf(dims) <= 1) return this.node('Reshape', [this.scalar(value, dtype), this.int64(dims)]);
    return this.node('Expand', [this.scalar(value, dtype), this.int64(dims)]);
  }

  #constant(dtype: OnnxTensor['dtype'], data: OnnxTensor['data'], dims: readonly number[], key: string): string {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.fresh('const');
    this.initializers.push({ name, dtype, dims, data });
    this.#shared.set(key, name);
    return name;
  }

  /** The same numbers in another shape. */
  reshape(name: string, dims: readonly number[]): string {
    // ONNX reads a 0 as "as before" unless told otherwise.
    const attributes: Attributes = dims.includes(0) ? { allowzero: 1 } : {};
    return this.node('Reshape', [name, this.int64(dims)], attributes);
  }

  /** Name of a value in tfjs order. */
  plain(value: TraceValue): string {
    if (value.plain === undefined) {
      value.plain =
        value.channelsFirst !== undefined
          ? this.node('Transpose', [value.channelsFirst], { perm: TO_CHANNELS_LAST })
          : this.constant(value.constant!, value.shape, value.dtype);
    }
    return value.plain;
  }

  /** Name of a rank-4 value in channels-first order. */
  channelsFirst(value: TraceValue): string {
    if (value.channelsFirst === undefined) {
      const [, height, width, channels] = value.shape as [number, number, number, number];
      // With one pixel or one channel both orders hold the same numbers in the same places.
      value.channelsFirst =
        channels === 1 || height * width === 1
          ? this.node('Reshape', [this.plain(value), this.int64(channelsFirstShape(value.shape))])
          : this.node('Transpose', [this.plain(value)], { perm: TO_CHANNELS_FIRST });
    }
    return value.channelsFirst;
  }

  /** Name of a value in the order asked for. */
  named(value: TraceValue, channelsFirst: boolean): string {
    return channelsFirst ? this.channelsFirst(value) : this.plain(value);
  }

  /** Makes the value of a new node's output. */
  value(name: string, shape: readonly number[], dtype: TraceDtype, channelsFirst = false): TraceValue {
    return new TraceValue(shape, dtype, channelsFirst ? { channelsFirst: name } : { plain: name });
  }
}

function attribute(value: Attributes[string]): OnnxAttribute {
  if (typeof value === 'number') return { int: value };
  if (typeof value === 'string') return { string: value };
  return Array.isArray(value) ? { ints: value as number[] } : (value as OnnxAttribute);
}

function emptyData(dtype: TraceDtype): ConstantData {
  return dtype === 'float32' ? new Float32Array(0) : dtype === 'int32' ? new Int32Array(0) : new Uint8Array(0);
}

function isUniform(data: ConstantData): boolean {
  const first = data[0]!;
  for (let i = 1; i < data.length; i++) if (data[i] !== first) return false;
  return true;
}
