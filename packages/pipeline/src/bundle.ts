import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { argumentMessage, assertKnownOptions, BundleError, type Detector, type NamedTensor } from '@adlib/core';
import { makeFolder, writeFileAtomic } from '@adlib/core/node';
import { decodeSafetensors, encodeSafetensors } from '@adlib/runtime';
import type { Threshold } from '@adlib/thresholds';
import {
  DETECTOR_FILE,
  formatDescription,
  NEXT_WEIGHTS_FILE,
  parseDescription,
  sha256,
  WEIGHTS_FILE,
  type BundleDescription,
  type BundleProvenance,
} from './bundleFormat.js';

/** Files that writeFileAtomic leaves behind when its process is killed. */
const TEMPORARY = /^(detector\.json|weights\.safetensors\.next)\.[0-9a-f]{12}\.tmp$/;

/** What {@link saveBundle} stores. */
export interface BundleContent {
  /** A fitted detector; not changed. */
  detector: Detector;
  /** The decision rule; leave it out where none was fitted. */
  threshold?: Threshold;
  /** Where the detector comes from. */
  provenance?: BundleProvenance;
}

/** What {@link loadBundle} gives. */
export interface LoadedBundle {
  /** The detector, fitted; the caller disposes of it. */
  detector: Detector;
  /** The decision rule; `null` where none was saved. */
  threshold: Threshold | null;
  /** The whole content of `detector.json`. */
  description: BundleDescription;
}

/**
 * Saves a detector as `detector.json` and `weights.safetensors` in a folder. A process that dies at any moment leaves
 * either the old bundle or the new one, never a mix: the new tensors are written beside the old ones, `detector.json`,
 * which holds their hash, is replaced in one step, and then the tensors take their place. Other files of the folder are
 * left alone. One process at a time may save to a folder; any number may read.
 *
 * @param dir - the folder; made where it is missing
 * @param content - detector, threshold, provenance
 * @throws NotFittedError if the detector has learned nothing, TypeError if something in it is not JSON; the file system's
 *   error (no space, no permission): the old bundle is then as it was
 * @example
 * ```ts
 * import { ConvAutoencoder } from '@adlib/models';
 * import { saveBundle } from '@adlib/pipeline/node';
 * import { mkdtemp, readdir } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const grey = (v: number) => ({ data: new Uint8Array(16 * 16).fill(v), width: 16, height: 16, channels: 1 as const });
 * const detector = new ConvAutoencoder({ size: [16, 16], widths: [4, 8], epochs: 1 });
 * await detector.fit([grey(100), grey(110), grey(120), grey(130)]);
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await saveBundle(dir, { detector });
 * console.log(await readdir(dir)); // detector.json, weights.safetensors
 * detector.dispose();
 * ```
 */
export async function saveBundle(dir: string, content: BundleContent): Promise<void> {
  assertKnownOptions('saveBundle', content, ['detector', 'threshold', 'provenance']);
  const { detector, threshold = null, provenance = {} } = content;
  const { kind, options, facts, tensors } = detector.save();
  const weights = encodeSafetensors(
    Object.fromEntries(Object.entries(tensors).map(([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }])),
  );
  const description: BundleDescription = {
    schema: 'adlib.bundle/1',
    kind,
    options,
    facts,
    threshold,
    provenance,
    weights: { file: WEIGHTS_FILE, bytes: weights.length, sha256: sha256(weights) },
  };
  assertJson('options', options);
  assertJson('facts', facts);
  assertJson('threshold', threshold);
  assertJson('provenance', provenance);
  await makeFolder(dir);
  await finishEarlierSave(dir);
  const next = join(dir, NEXT_WEIGHTS_FILE);
  try {
    await writeFileAtomic(next, weights);
    await writeFileAtomic(join(dir, DETECTOR_FILE), formatDescription(description));
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  await flushFolder(dir);
  await rename(next, join(dir, WEIGHTS_FILE));
  await flushFolder(dir);
}

/** Brings a folder in which a save was cut off into the state in which that save had not begun, or had ended. */
async function finishEarlierSave(dir: string): Promise<void> {
  const stale = (await readdir(dir)).filter((name) => TEMPORARY.test(name));
  for (const name of stale) await rm(join(dir, name), { force: true });
  const next = await readIfThere(join(dir, NEXT_WEIGHTS_FILE));
  if (next === undefined) return;
  const text = await readIfThere(join(dir, DETECTOR_FILE));
  if (text !== undefined && isWeightsOf(text, next)) {
    await rename(join(dir, NEXT_WEIGHTS_FILE), join(dir, WEIGHTS_FILE));
    await flushFolder(dir);
  }
}

function isWeightsOf(text: Uint8Array, weights: Uint8Array): boolean {
  try {
    const description = parseDescription(new TextDecoder().decode(text), DETECTOR_FILE);
    return description.weights.sha256 === sha256(weights);
  } catch {
    // A damaged description belongs to no weights; this save replaces it.
    return false;
  }
}

/**
 * Loads what {@link saveBundle} saved. Nothing in a bundle is executed: the description is JSON and the weights are plain
 * tensors, and both are checked against their hashes.
 *
 * @param dir - the folder
 * @param createDetector - makes an unfitted detector of a kind, `createDetector` of `@adlib/models`
 * @returns the fitted detector, its threshold and the description
 * @throws BundleError naming the file that is missing, was changed or truncated, is of an unknown version, or does not fit
 *   the detector
 * @example
 * ```ts
 * import { ConvAutoencoder, createDetector } from '@adlib/models';
 * import { loadBundle, saveBundle } from '@adlib/pipeline/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const grey = (v: number) => ({ data: new Uint8Array(16 * 16).fill(v), width: 16, height: 16, channels: 1 as const });
 * const detector = new ConvAutoencoder({ size: [16, 16], widths: [4, 8], epochs: 1 });
 * await detector.fit([grey(100), grey(110), grey(120), grey(130)]);
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await saveBundle(dir, { detector });
 * const bundle = await loadBundle(dir, createDetector);
 * const [a, b] = await Promise.all([detector, bundle.detector].map((d) => d.score([grey(200)])));
 * console.log(a![0]!.score === b![0]!.score, bundle.threshold); // true null
 * detector.dispose();
 * bundle.detector.dispose();
 * ```
 */
export async function loadBundle(
  dir: string,
  createDetector: (kind: string, options: Readonly<Record<string, unknown>>) => Detector,
): Promise<LoadedBundle> {
  const { description, weights } = await readBundle(dir);
  const { kind, options, facts, threshold } = description;
  let detector: Detector;
  try {
    detector = createDetector(kind, options);
  } catch (cause) {
    throw new BundleError(
      `loadBundle: ${join(dir, DETECTOR_FILE)} asks for a detector that cannot be made here: ${messageOf(cause)}`,
      { cause },
    );
  }
  try {
    detector.load({ kind, options, facts, tensors: tensorsOf(weights) });
  } catch (cause) {
    detector.dispose();
    throw new BundleError(`loadBundle: ${join(dir, WEIGHTS_FILE)} does not fit the detector: ${messageOf(cause)}`, {
      cause,
    });
  }
  return { detector, threshold, description };
}

function tensorsOf(weights: Uint8Array): Record<string, NamedTensor> {
  const entries = Object.entries(decodeSafetensors(weights).tensors).map(([name, { shape, data }]) => {
    if (!(data instanceof Float32Array)) throw new TypeError(`tensor ${name} must be float32`);
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}

/** Description and weights that belong together; reads again where a save went on meanwhile. */
async function readBundle(dir: string): Promise<{ description: BundleDescription; weights: Uint8Array }> {
  const file = join(dir, DETECTOR_FILE);
  let before: string | undefined;
  for (;;) {
    const text = await readIfThere(file);
    if (text === undefined) {
      throw new BundleError(`loadBundle: there is no ${file}. Give the folder that a training wrote.`);
    }
    const description = parseDescription(new TextDecoder().decode(text), file);
    const { sha256: hash } = description.weights;
    const found: (Uint8Array | undefined)[] = [];
    for (const name of [WEIGHTS_FILE, NEXT_WEIGHTS_FILE, WEIGHTS_FILE]) {
      const weights = await readIfThere(join(dir, name));
      if (weights !== undefined && sha256(weights) === hash) return { description, weights };
      found.push(weights);
    }
    if (before === hash) throw weightsError(join(dir, WEIGHTS_FILE), found[0], description);
    before = hash;
  }
}

function weightsError(
  file: string,
  weights: Uint8Array | undefined,
  { weights: { bytes } }: BundleDescription,
): BundleError {
  if (weights === undefined)
    return new BundleError(`loadBundle: ${file} is missing. Take a copy of the bundle that is whole.`);
  const size = weights.length === bytes ? 'its hash differs' : `it has ${weights.length} bytes, not ${bytes}`;
  return new BundleError(
    `loadBundle: ${file} was changed or truncated after it was saved: ${size}. Take a copy of the bundle that is whole.`,
  );
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Makes renames in a folder last through a power cut; systems that cannot flush a folder (Windows) are left to it. */
async function flushFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r').catch(() => undefined);
  try {
    await folder?.sync().catch(() => undefined);
  } finally {
    await folder?.close();
  }
}

/** Throws where JSON would not give the value back. */
function assertJson(part: string, value: unknown): void {
  const walk = (at: string, v: unknown): void => {
    if (v === null || typeof v === 'string' || typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v)))
      return;
    if (Array.isArray(v)) v.forEach((item, i) => walk(`${at}[${i}]`, item));
    else if (typeof v === 'object' && Object.getPrototypeOf(v) === Object.prototype) {
      for (const [key, item] of Object.entries(v)) if (item !== undefined) walk(`${at}.${key}`, item);
    } else
      throw new TypeError(argumentMessage('saveBundle', at, 'JSON (finite numbers, text, lists, plain objects)', v));
  };
  walk(part, value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
