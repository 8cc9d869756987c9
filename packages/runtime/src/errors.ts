/**
 * A tfjs op that cannot be compiled to a graph; `message` says which and where it was called.
 *
 * @example
 * ```ts
 * import { UnsupportedOpError } from '@adlib/runtime';
 * console.log(new UnsupportedOpError('FFT', 'compile: FFT cannot be compiled.').op); // FFT
 * ```
 */
export class UnsupportedOpError extends Error {
  override readonly name = 'UnsupportedOpError';
  /** Name of the tfjs kernel. */
  readonly op: string;
  /**
   * @param op - name of the tfjs kernel
   * @param message - what is wrong, where, and what to try
   */
  constructor(op: string, message: string) {
    super(message);
    this.op = op;
  }
}

/**
 * Training stopped because the loss was not a finite number. The parameters of the last finite step are kept.
 *
 * @example
 * ```ts
 * import { TrainingDivergedError } from '@adlib/runtime';
 * console.log(new TrainingDivergedError(12, NaN).step); // 12
 * ```
 */
export class TrainingDivergedError extends Error {
  override readonly name = 'TrainingDivergedError';
  /** The step whose loss was not finite, counted from 1. */
  readonly step: number;
  /**
   * @param step - the step, counted from 1
   * @param loss - its loss
   */
  constructor(step: number, loss: number) {
    super(
      `trainStep: the loss of step ${step} is ${loss}. The parameters of step ${step - 1} are kept. ` +
        'Try a smaller learning rate, clipNorm, or check the inputs for NaN.',
    );
    this.step = step;
  }
}
