/** One step of long work, as told to an {@link OnProgress} listener. */
export interface ProgressEvent {
  /** What is going on, for example `train`, `score`, `evaluate`. */
  stage: string;
  /** Units finished so far. */
  done: number;
  /** Units in all; absent where it is not known. */
  total?: number;
  /** Figures of this step, for example `{ epoch: 3, loss: 0.02 }`. */
  values?: Readonly<Record<string, number>>;
}

/** Listener of long work. It must not throw; it is called synchronously and often, so it should be quick. */
export type OnProgress = (event: ProgressEvent) => void;

/** Options that every long call takes. */
export interface LongCallOptions {
  /** Called as the work goes on. */
  onProgress?: OnProgress;
  /** Cancels the work at the next step: the call rejects with the signal's reason and leaves nothing half-done. */
  signal?: AbortSignal;
}

/**
 * Lets timers, signals and I/O run, then throws if the work was cancelled. Long loops await it once per step.
 *
 * @param signal - the caller's signal, if any
 * @throws the signal's reason (an `AbortError` DOMException by default) if it has been aborted
 * @example
 * ```ts
 * import { breathe } from '@adlib/core';
 * await breathe(new AbortController().signal);
 * ```
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}
