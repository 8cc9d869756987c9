import type * as RuntimeNode from '@adlib/runtime/node';
import { argumentMessage } from '@adlib/core';
import { decodeSafetensors, toFloat32, type HostTensor, type SafeTensor } from '@adlib/runtime';

/** Named tensors that are read one at a time. */
export interface WeightSource {
  /** What it is, for messages: a path, an address, `the bytes`. */
  readonly label: string;
  /** Names of all tensors. */
  readonly names: readonly string[];
  /** Reads one tensor as float32. */
  read(name: string): Promise<HostTensor>;
  /** Frees what is open. */
  close(): Promise<void>;
}

/**
 * Where weights come from: the path of a file (Node) or its `http(s)` address, the bytes of a `.safetensors` file, or tensors
 * by name.
 */
export type BackboneWeights = string | Uint8Array | Readonly<Record<string, HostTensor | SafeTensor>>;

/**
 * Opens weights, whatever they come in.
 *
 * @param fn - caller, for messages
 * @param weights - path, address, bytes or tensors
 * @returns the source; close it after use
 * @throws TypeError for anything else; errors of the file system, the network and the format
 */
export async function openWeights(fn: string, weights: BackboneWeights): Promise<WeightSource> {
  if (typeof weights === 'string') {
    return /^https?:\/\//.test(weights) ? fromAddress(fn, weights) : fromFile(weights);
  }
  if (weights instanceof Uint8Array) return fromBytes('the bytes', weights);
  if (typeof weights === 'object' && weights !== null) return fromTensors('the tensors', weights);
  throw new TypeError(argumentMessage(fn, 'weights', 'a path, an address, bytes or tensors by name', weights));
}

function fromTensors(label: string, tensors: Readonly<Record<string, HostTensor | SafeTensor>>): WeightSource {
  return {
    label,
    names: Object.keys(tensors),
    read: (name) => Promise.resolve(asFloat32(tensors[name]!)),
    close: () => Promise.resolve(),
  };
}

function fromBytes(label: string, bytes: Uint8Array): WeightSource {
  return fromTensors(label, decodeSafetensors(bytes).tensors);
}

async function fromAddress(fn: string, address: string): Promise<WeightSource> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${fn}: ${address} answered ${response.status} ${response.statusText}.`);
  return fromBytes(address, new Uint8Array(await response.arrayBuffer()));
}

/** Reads one tensor of the file at a time. */
async function fromFile(path: string): Promise<WeightSource> {
  // Not a literal, so that bundlers for browsers leave it alone.
  const name = ['@adlib/runtime', 'node'].join('/');
  const { openSafetensors } = (await import(/* @vite-ignore */ name)) as typeof RuntimeNode;
  const file = await openSafetensors(path);
  return {
    label: path,
    names: file.names,
    read: async (tensor) => asFloat32(await file.read(tensor)),
    close: () => file.close(),
  };
}

function asFloat32(tensor: HostTensor | SafeTensor): HostTensor {
  if ('dtype' in tensor) return { shape: tensor.shape, data: toFloat32(tensor) };
  return tensor.data instanceof Float32Array ? tensor : { shape: tensor.shape, data: Float32Array.from(tensor.data) };
}
