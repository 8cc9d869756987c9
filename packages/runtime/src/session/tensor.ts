import * as tf from '@tensorflow/tfjs';
import { argumentMessage } from '@adlib/core';
import type { TensorSpec } from '../trace/trace.js';
import type { TraceDtype } from '../trace/value.js';

/** Numbers with a shape, outside of any backend: what compiled functions take and return. */
export interface HostTensor {
  /** Row-major values: `Float32Array` for float32, `Int32Array` for int32, `Uint8Array` of 0 and 1 for bool. */
  readonly data: Float32Array | Int32Array | Uint8Array;
  /** Size of each axis; empty for a scalar. */
  readonly shape: readonly number[];
}

/**
 * Makes a {@link HostTensor}, checking that the numbers fill the shape.
 *
 * @param data - row-major values; a plain array becomes a new Float32Array, a typed array is kept, not copied
 * @param shape - size of each axis; the default is one axis
 * @returns the tensor
 * @throws RangeError if the number of values is not the product of the shape
 * @example
 * ```ts
 * import { hostTensor } from '@adlib/runtime';
 * console.log(hostTensor([1, 2, 3, 4, 5, 6], [2, 3]).shape); // [2, 3]
 * ```
 */
export function hostTensor(
  data: HostTensor['data'] | readonly number[],
  shape: readonly number[] = [data.length],
): HostTensor {
  const size = shape.reduce((a, b) => a * b, 1);
  if (data.length !== size) {
    throw new RangeError(`hostTensor: data must have ${size} values (${shape.join('×')}), got ${data.length}.`);
  }
  return { data: ArrayBuffer.isView(data) ? data : Float32Array.from(data), shape };
}

/** Element type of a host tensor, from the kind of its array. */
export function dtypeOf(tensor: HostTensor): TraceDtype {
  if (tensor.data instanceof Float32Array) return 'float32';
  return tensor.data instanceof Int32Array ? 'int32' : 'bool';
}

/** Shape and type of a host tensor, checked. */
export function specOf(fn: string, name: string, tensor: HostTensor): TensorSpec {
  const { data, shape } = tensor;
  if (
    !(data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array) ||
    !Array.isArray(shape)
  ) {
    throw new TypeError(
      argumentMessage(
        fn,
        name,
        '{ data: Float32Array | Int32Array | Uint8Array, shape }',
        tensor,
        'Make one with hostTensor().',
      ),
    );
  }
  const size = (shape as readonly number[]).reduce((a, b) => a * b, 1);
  if (data.length !== size) {
    throw new RangeError(`${fn}: ${name}.data must have ${size} values (${shape.join('×')}), got ${data.length}.`);
  }
  return { shape, dtype: dtypeOf(tensor) };
}

/** The same numbers as a tfjs tensor on the active backend. */
export function toTensor(tensor: HostTensor): tf.Tensor {
  return tf.tensor(tensor.data, [...tensor.shape], dtypeOf(tensor));
}
