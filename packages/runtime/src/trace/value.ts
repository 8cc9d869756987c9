import type * as tf from '@tensorflow/tfjs';

/** Element types that traced graphs know. */
export type TraceDtype = 'float32' | 'int32' | 'bool';

/** Typed array of a constant. */
export type ConstantData = Float32Array | Int32Array | Uint8Array;

/**
 * What stands for a tensor's data while a function is traced: a name in the graph, no numbers. A rank-4 value may exist in
 * two memory orders, tfjs's (batch, height, width, channels) and ONNX's (batch, channels, height, width); each is written
 * into the graph only when some node reads it, so chains of convolutions and elementwise nodes need no transposes.
 */
export class TraceValue {
  /** Shape in tfjs order. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: TraceDtype;
  /** Name of the value in tfjs order, once it exists. */
  plain: string | undefined;
  /** Name of the value in channels-first order, once it exists; rank 4 only. */
  channelsFirst: string | undefined;
  /** Numbers, for values that were constants before tracing. */
  readonly constant: ConstantData | undefined;
  /** tfjs's reference count of this data id. */
  references = 1;

  /** A value with the names it has in the graph so far, or with its numbers. */
  constructor(
    shape: readonly number[],
    dtype: TraceDtype,
    names: { plain?: string; channelsFirst?: string },
    constant?: ConstantData,
  ) {
    this.shape = shape;
    this.dtype = dtype;
    this.plain = names.plain;
    this.channelsFirst = names.channelsFirst;
    this.constant = constant;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The form in which kernels hand it back to tfjs. */
  info(): tf.TensorInfo {
    return { dataId: this, shape: [...this.shape], dtype: this.dtype };
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Permutation from tfjs order to channels-first order, and back. */
export const TO_CHANNELS_FIRST = [0, 3, 1, 2] as const;
/** The way back. */
export const TO_CHANNELS_LAST = [0, 2, 3, 1] as const;

/** A shape in channels-first order. */
export function channelsFirstShape(shape: readonly number[]): number[] {
  return TO_CHANNELS_FIRST.map((axis) => shape[axis]!);
}
