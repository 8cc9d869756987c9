import { UnsupportedOpError } from '../errors.js';
import { callerLine } from '../trace/callerLine.js';

/** The error of an op, or of one way to call it, that no graph is made for. */
export function unsupported(op: string, what = `the tfjs op ${op}`): UnsupportedOpError {
  return new UnsupportedOpError(
    op,
    `compile: ${what} cannot be compiled${callerLine()}. Write it with ops of docs/runtime.md, or run with device "tfjs".`,
  );
}

/** tfjs arrays are channels-last everywhere in this library. */
export function rejectChannelsFirstFormat(op: string, dataFormat: string | undefined): void {
  if (dataFormat === 'NCHW') throw unsupported(op, `${op} with dataFormat "NCHW"`);
}
