import { BundleError, DatasetFormatError, UnsupportedDeviceError } from '@adlib/core';

/** Bad input of the command line: one clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit code of bad input. */
export const BAD_INPUT = 2;
/** Exit code of an audit that found errors in the data. */
export const FOUND = 3;
/** Exit code of a cancelled command, as shells expect it after Ctrl-C. */
export const CANCELLED = 130;

const systemErrors: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'a file is in the way',
  EMFILE: 'too many open files',
};

/** The library's own argument errors begin with the function's name. */
const ARGUMENT_MESSAGE = /^[\w.]+: /;

/** What to print for an error, and how to exit. */
export interface Failure {
  /** For stderr. */
  message: string;
  /** For the shell. */
  exitCode: number;
}

/**
 * Turns any error into a message and an exit code: 2 for bad input and for what the disk refuses, 130 for a cancelled
 * command, 1 with a stack for anything else, which is a fault of this program.
 *
 * @param error - what was thrown
 * @returns message and exit code
 */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error || error instanceof DOMException)) return { message: String(error), exitCode: 1 };
  if (error.name === 'AbortError') return { message: 'cancelled', exitCode: CANCELLED };
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const system = code === undefined ? undefined : systemErrors[code];
  if (system !== undefined && syscall !== undefined) {
    return { message: `${path === undefined ? syscall : path}: ${system} (${code!})`, exitCode: BAD_INPUT };
  }
  const isInput =
    error instanceof UsageError ||
    error instanceof DatasetFormatError ||
    error instanceof BundleError ||
    error instanceof UnsupportedDeviceError ||
    ((error instanceof RangeError || error instanceof TypeError) && ARGUMENT_MESSAGE.test(error.message));
  if (isInput) return { message: error.message, exitCode: BAD_INPUT };
  return { message: error.stack ?? error.message, exitCode: 1 };
}
