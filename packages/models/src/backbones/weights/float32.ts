import { toFloat32, type HostTensor, type SafeTensor } from '@adlib/runtime';

/**
 * A tensor of any type as float32.
 *
 * @param tensor - the tensor; not modified
 * @returns the same if it is float32 already, else a new one
 */
export function asFloat32(tensor: HostTensor | SafeTensor): HostTensor {
  if ('dtype' in tensor) {
    const { dtype, shape, data } = tensor;
    return { shape, data: dtype === 'F32' ? (data as Float32Array) : toFloat32(tensor) };
  }
  return tensor.data instanceof Float32Array ? tensor : { shape: tensor.shape, data: Float32Array.from(tensor.data) };
}
