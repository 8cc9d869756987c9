import { argumentMessage, type LongCallOptions } from '@adlib/core';
import { decodeSafetensors, type HostTensor, type SafeTensor } from '@adlib/runtime';
import { isAddress, readBytes } from '../readBytes.js';
import { asFloat32 } from './float32.js';
import { isZip, npzSource } from './npy.js';
import { isOnnx, onnxSource } from './onnxWeights.js';
import type { WeightSource } from './weightSource.js';

/**
 * Where weights come from. A text is, in Node, the path of a `.safetensors`, `.npz` or `.onnx` file or of a folder of `.npy` files, or
 * `hub:owner/name`, a repository of the Hugging Face hub (`hub:owner/name@revision` for a certain version); anywhere an
 * `http(s)` address. Bytes are those of one of these files; else tensors by name.
 */
export type BackboneWeights = string | Uint8Array | Readonly<Record<string, HostTensor | SafeTensor>>;

/**
 * Opens weights, whatever they come in.
 *
 * @param fn - caller, for messages
 * @param weights - path, address, bytes or tensors
 * @param long - progress and cancellation of a download
 * @returns the source; close it after use
 * @throws TypeError for anything else; errors of the file system, the network and the format; the signal's reason when cancelled
 */
export async function openWeights(
  fn: string,
  weights: BackboneWeights,
  long: LongCallOptions = {},
): Promise<WeightSource> {
  if (typeof weights === 'string') return fromText(fn, weights, long);
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
  if (isZip(bytes)) return npzSource(label, bytes);
  return isOnnx(bytes) ? onnxSource(label, bytes) : fromTensors(label, decodeSafetensors(bytes).tensors);
}

/** What of this package's entry for Node is used here. */
interface NodeEntry {
  readonly hub: (repository: string, options: LongCallOptions & { revision?: string }) => Promise<string>;
  readonly openWeightsFile: (path: string) => Promise<WeightSource>;
}

async function fromText(fn: string, text: string, long: LongCallOptions): Promise<WeightSource> {
  if (isAddress(text)) return fromBytes(text, await readBytes(fn, text, long.signal));
  // Not a literal, so that bundlers for browsers leave it alone.
  const name = ['@adlib/models', 'node'].join('/');
  const { hub, openWeightsFile } = (await import(/* @vite-ignore */ name)) as NodeEntry;
  if (!text.startsWith('hub:')) return openWeightsFile(text);
  const [repository, revision] = text.slice(4).split('@') as [string, string?];
  return openWeightsFile(await hub(repository, { ...long, ...(revision !== undefined && { revision }) }));
}
