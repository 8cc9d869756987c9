import * as tf from '@tensorflow/tfjs';
import { UnsupportedOpError } from '../errors.js';
import { callerLine } from './callerLine.js';
import type { GraphBuilder } from './graphBuilder.js';
import { TraceValue, type ConstantData, type TraceDtype } from './value.js';

/** Name under which the tracing backend and its kernels are registered with tfjs. */
export const TRACE_BACKEND = 'adlib-trace';

/**
 * A tfjs backend that computes nothing: its "data" are names in a graph, and its kernels append ONNX nodes to
 * {@link TraceBackend.graph}.
 */
export class TraceBackend extends tf.KernelBackend {
  #graph: GraphBuilder | undefined;
  #captured = new Map<object, TraceValue>();
  #live = 0;

  /** The graph that kernels append to. */
  get graph(): GraphBuilder {
    if (this.#graph === undefined) throw new Error('internal: a trace kernel ran outside of trace()');
    return this.#graph;
  }

  /** Starts a new graph, or ends with `undefined`. Returns the graph that was current. */
  use(graph: GraphBuilder | undefined): GraphBuilder | undefined {
    const previous = this.#graph;
    this.#graph = graph;
    this.#captured = new Map();
    return previous;
  }

  /** The value behind a tensor; tensors of other backends become constants of the graph. */
  lookUp(info: tf.TensorInfo): TraceValue {
    if (info.dataId instanceof TraceValue) {
      const value = info.dataId;
      return sameShape(value.shape, info.shape) ? value : this.#reshaped(value, info.shape);
    }
    let value = this.#captured.get(info.dataId);
    if (value === undefined) {
      const owner = tf.engine().state.tensorInfo.get(info.dataId)?.backend;
      if (owner === undefined)
        throw new Error('trace: a captured tensor was disposed. Keep tensors that the function uses.');
      const data = owner.readSync(info.dataId) as ConstantData;
      value = new TraceValue([...info.shape], traceDtype(info.dtype), {}, copyConstant(data, info.dtype));
      this.#captured.set(info.dataId, value);
    }
    return sameShape(value.shape, info.shape) ? value : this.#reshaped(value, info.shape);
  }

  #reshaped(value: TraceValue, shape: readonly number[]): TraceValue {
    if (value.constant) return new TraceValue([...shape], value.dtype, {}, value.constant);
    return this.graph.value(this.graph.reshape(this.graph.plain(value), shape), [...shape], value.dtype);
  }

  /** Numbers written while tracing (`tf.scalar`, `tf.zeros`, ...) become a constant. */
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    this.#live++;
    return new TraceValue([...shape], traceDtype(dtype), {}, copyConstant(values as ConstantData, dtype));
  }

  /** Never called: {@link TraceBackend.lookUp} takes tensors of other backends. */
  override move(): void {
    throw new Error('internal: tensors are not moved into a trace');
  }

  /** Constants can be read; a traced value has no numbers yet. */
  override readSync(dataId: object): tf.backend_util.BackendValues {
    const value = dataId as TraceValue;
    if (value.constant) return value.constant;
    throw new UnsupportedOpError(
      'dataSync',
      `trace: the value of a traced tensor was read (dataSync, data, arraySync or print)${callerLine()}. ` +
        'Values exist only when the graph runs, so control flow cannot depend on them. Use tf.where, or run with device "tfjs".',
    );
  }

  /** As {@link TraceBackend.readSync}. */
  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve().then(() => this.readSync(dataId));
  }

  /** tfjs's reference count of a value. */
  override refCount(dataId: tf.DataId): number {
    return (dataId as unknown as TraceValue).references;
  }

  /** One more tensor shares the value. */
  override incRef(dataId: tf.DataId): void {
    (dataId as unknown as TraceValue).references++;
  }

  /** One tensor fewer shares the value; true when it was the last. */
  override disposeData(dataId: object, force = false): boolean {
    const value = dataId as TraceValue;
    value.references--;
    if (!force && value.references > 0) return false;
    this.#live--;
    return true;
  }

  /** Counts a value that a kernel made, for tfjs's book-keeping. */
  adopt(value: TraceValue): tf.TensorInfo {
    this.#live++;
    return value.info();
  }

  /** Values that are alive. */
  override numDataIds(): number {
    return this.#live;
  }

  /** Nothing is stored, so sizes say nothing. */
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  /** Graphs are float32. */
  override floatPrecision(): 16 | 32 {
    return 32;
  }

  /** Smallest step that tfjs adds to denominators; the same as on its other float32 backends. */
  override epsilon(): number {
    return 1e-7;
  }

  /** There is nothing to time. */
  override timerAvailable(): boolean {
    return false;
  }

  /** Forgets captured tensors. */
  override dispose(): void {
    this.#captured.clear();
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis]);
}

function traceDtype(dtype: tf.DataType): TraceDtype {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new UnsupportedOpError(
    dtype,
    `trace: tensors must be float32, int32 or bool, got ${dtype}${callerLine()}. Convert it before, or run with device "tfjs".`,
  );
}

function copyConstant(values: ConstantData | readonly number[], dtype: tf.DataType): ConstantData {
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}
