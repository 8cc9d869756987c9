/**
 * A detector was used before `fit` or `load`.
 *
 * @example
 * ```ts
 * import { NotFittedError } from '@adlib/core';
 * console.log(new NotFittedError('PaDiM.score').message);
 * ```
 */
export class NotFittedError extends Error {
  override readonly name = 'NotFittedError';
  /** @param where - the call that needs a fitted detector, for example `ConvAutoencoder.score` */
  constructor(where: string) {
    super(`${where}: the detector has not learned anything yet. Call fit(images) first, or load a saved bundle.`);
  }
}

/**
 * An object was used after `dispose()`.
 *
 * @example
 * ```ts
 * import { DisposedError } from '@adlib/core';
 * console.log(new DisposedError('ConvAutoencoder.score').message);
 * ```
 */
export class DisposedError extends Error {
  override readonly name = 'DisposedError';
  /** @param where - the call that was refused */
  constructor(where: string) {
    super(`${where}: the object was disposed. Create a new one, or dispose later.`);
  }
}

/**
 * A data set on disk is not in the form that was asked for; `message` names the file or folder.
 *
 * @example
 * ```ts
 * import { DatasetFormatError } from '@adlib/core';
 * const error = new DatasetFormatError('mvtec: train/good has no images. Try folder().', { path: 'train/good' });
 * console.log(error.path);
 * ```
 */
export class DatasetFormatError extends Error {
  override readonly name = 'DatasetFormatError';
  /** The file or folder at fault, when there is one. */
  readonly path: string | undefined;
  /**
   * @param message - what is wrong and what to try
   * @param options - the file at fault and the underlying error
   */
  constructor(message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.path = options.path;
  }
}

/**
 * The device asked for does not exist here, or its package is not installed.
 *
 * @example
 * ```ts
 * import { UnsupportedDeviceError } from '@adlib/core';
 * console.log(new UnsupportedDeviceError('compile: device "cpu" needs onnxruntime-node.').name);
 * ```
 */
export class UnsupportedDeviceError extends Error {
  override readonly name = 'UnsupportedDeviceError';
}

/**
 * A saved bundle is damaged, truncated, or of an unknown version; `message` names the file.
 *
 * @example
 * ```ts
 * import { BundleError } from '@adlib/core';
 * console.log(new BundleError('load: weights.safetensors was changed after it was saved.').name);
 * ```
 */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
