import type { Device } from '@adlib/core';
import { createDetector } from '@adlib/models';
import { loadBundle, type LoadedBundle } from '@adlib/pipeline/node';
import type { Threshold } from '@adlib/thresholds';
import { UsageError } from './failure.js';
import type { ProgressView } from './progress.js';

/** What every command gets from {@link runCli}. */
export interface CommandContext {
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Progress on stderr. */
  view: ProgressView;
  /** How to exit when the command is done. */
  exitCode: number;
  /** Writes a result to stdout. */
  print(text: string): void;
  /** Writes a line for a person to stderr. */
  tell(text: string): void;
}

/** Devices of `--device`. */
export const DEVICES: readonly Device[] = ['auto', 'cpu', 'webgpu', 'wasm', 'tfjs'];

/**
 * Opens a bundle that can decide.
 *
 * @param dir - the bundle's folder
 * @returns the bundle, its threshold present
 * @throws UsageError if it has no threshold, BundleError if it is damaged or missing
 */
export async function openBundle(dir: string): Promise<LoadedBundle & { threshold: Threshold }> {
  const bundle = await loadBundle(dir, createDetector);
  const { threshold } = bundle;
  if (threshold !== null) return { ...bundle, threshold };
  bundle.detector.dispose();
  throw new UsageError(`${dir} has no threshold: it was saved without calibration. Train it again.`);
}
