import type * as OrtModule from 'onnxruntime-common';
import { assertOneOf, UnsupportedDeviceError, type Device } from '@adlib/core';

/** A device that `auto` has been resolved to. */
export type ResolvedDevice = Exclude<Device, 'auto'>;

/** The part of onnxruntime-common that is used here; both packages have it. */
export type Ort = typeof OrtModule;

/** A device and why it was picked. */
export interface DeviceChoice {
  /** The device. */
  device: ResolvedDevice;
  /** One sentence for a log. */
  why: string;
}

const DEVICES = ['cpu', 'webgpu', 'wasm', 'tfjs', 'auto'] as const;
const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
const loaded = new Map<string, Promise<Ort | undefined>>();

/** The native package; its name is not a literal, so that bundlers for browsers leave it alone. */
function loadNative(): Promise<Ort | undefined> {
  const name = ['onnxruntime', 'node'].join('-');
  return load(name, () => import(/* @vite-ignore */ name) as Promise<Ort>);
}

function loadWeb(): Promise<Ort | undefined> {
  return load('onnxruntime-web', () => import('onnxruntime-web') as Promise<unknown> as Promise<Ort>);
}

/** Imports once; undefined where the package is not installed. Any other failure is thrown. */
function load(name: string, importer: () => Promise<Ort & { default?: Ort }>): Promise<Ort | undefined> {
  let known = loaded.get(name);
  if (known === undefined) {
    known = importer().then(
      (module) => (module.InferenceSession === undefined ? module.default : module),
      (error: unknown) => {
        if (/Cannot find (package|module)|ERR_MODULE_NOT_FOUND|Failed to resolve/.test(String(error))) return undefined;
        throw error;
      },
    );
    loaded.set(name, known);
  }
  return known;
}

/**
 * Picks a device: the one asked for, or with `auto` the quickest that exists here (Node: `cpu`, else `wasm`; browser:
 * `webgpu` where there is an adapter, else `wasm`; `tfjs` where ONNX Runtime is not installed).
 *
 * @param device - what was asked for
 * @returns the device and the reason
 * @throws UnsupportedDeviceError if the device asked for cannot be used here; the message says what to install
 * @example
 * ```ts
 * import { resolveDevice } from '@adlib/runtime';
 * const { device, why } = await resolveDevice('auto');
 * console.log(device, why);
 * ```
 */
export async function resolveDevice(device: Device = 'auto'): Promise<DeviceChoice> {
  assertOneOf('resolveDevice', 'device', device, DEVICES);
  if (device !== 'auto') {
    if (device !== 'tfjs') await ortFor(device);
    return { device, why: `device "${device}" was asked for` };
  }
  if (inNode) {
    if ((await loadNative()) !== undefined) return { device: 'cpu', why: 'onnxruntime-node is installed' };
  } else if (await hasWebGpu()) {
    if ((await loadWeb()) !== undefined) return { device: 'webgpu', why: 'the browser has a WebGPU adapter' };
  }
  if ((await loadWeb()) !== undefined) {
    return { device: 'wasm', why: inNode ? 'onnxruntime-node is not installed' : 'there is no WebGPU adapter' };
  }
  return { device: 'tfjs', why: 'ONNX Runtime is not installed; this is slow' };
}

async function hasWebGpu(): Promise<boolean> {
  const gpu = (globalThis.navigator as { gpu?: { requestAdapter(): Promise<unknown> } } | undefined)?.gpu;
  return gpu !== undefined && (await gpu.requestAdapter()) !== null;
}

/** ONNX Runtime for a device. */
export async function ortFor(device: Exclude<ResolvedDevice, 'tfjs'>): Promise<Ort> {
  const native = device === 'cpu' || (device === 'webgpu' && inNode);
  const ort = await (native ? loadNative() : loadWeb());
  if (ort === undefined) {
    const name = native ? 'onnxruntime-node' : 'onnxruntime-web';
    throw new UnsupportedDeviceError(`device "${device}" needs the package ${name}. Install it: npm install ${name}`);
  }
  return ort;
}
