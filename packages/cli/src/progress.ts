import type { OnProgress, ProgressEvent } from '@adlib/core';
import { Presets, SingleBar } from 'cli-progress';

/** Where progress goes. */
export interface ProgressStream {
  /** Whether a person watches. */
  readonly isTTY?: boolean;
  /** Writes text. */
  write(text: string): unknown;
}

/** Shows the progress of long calls. */
export interface ProgressView {
  /** The listener to pass on. */
  onProgress: OnProgress;
  /** Ends the current stage's display; call it when the work ends, in any way. */
  stop(): void;
}

/** Lines are at least this far apart, in milliseconds. */
const LINE_EVERY = 5000;

/**
 * On a terminal a bar with the time left; elsewhere a line at the start and the end of each stage and every few seconds
 * between.
 *
 * @param stream - stderr
 * @param now - the clock, in milliseconds
 * @returns the view
 */
export function progressView(stream: NodeJS.WriteStream | ProgressStream, now: () => number = Date.now): ProgressView {
  return stream.isTTY === true ? barView(stream as NodeJS.WriteStream) : lineView(stream, now);
}

function figures({ values = {} }: ProgressEvent): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
}

function barView(stream: NodeJS.WriteStream): ProgressView {
  let bar: SingleBar | undefined;
  let stage = '';
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const onProgress = (event: ProgressEvent) => {
    if (event.stage !== stage) stop();
    stage = event.stage;
    const total = event.total ?? event.done + 1;
    if (bar === undefined) {
      const format = '{stage} {bar} {percentage}% | {value}/{total} | {eta_formatted} left | {figures}';
      const options = {
        stream,
        format,
        barsize: 20,
        hideCursor: true,
        clearOnComplete: false,
        etaBuffer: 20,
        gracefulExit: false,
      };
      bar = new SingleBar(options, Presets.shades_classic);
      bar.start(total, event.done, { stage: stage.padEnd(9), figures: figures(event) });
    } else {
      bar.setTotal(total);
      bar.update(event.done, { figures: figures(event) });
    }
  };
  return { onProgress, stop };
}

function lineView(stream: ProgressStream, now: () => number): ProgressView {
  let last: ProgressEvent | undefined;
  let started = 0;
  let printedAt = -Infinity;
  let printed: ProgressEvent | undefined;
  const print = (event: ProgressEvent) => {
    const seconds = Math.round((now() - started) / 1000);
    const total = event.total === undefined ? '' : `/${event.total}`;
    const text = [`${event.done}${total}`, `${seconds} s`, figures(event)].filter((part) => part !== '').join(', ');
    stream.write(`${event.stage}: ${text}\n`);
    printed = event;
    printedAt = now();
  };
  const stop = () => {
    if (last !== undefined && last !== printed) print(last);
    last = undefined;
  };
  const onProgress = (event: ProgressEvent) => {
    if (event.stage !== last?.stage) {
      stop();
      started = now();
      printedAt = -Infinity;
    }
    last = { ...event };
    if (now() - printedAt >= LINE_EVERY) print(last);
  };
  return { onProgress, stop };
}
