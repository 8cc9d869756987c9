import type { Detector } from '@adlib/core';
import { CheckContext, type CheckDetectorOptions, type DetectorCheck } from './checks/context.js';
import { learningChecks } from './checks/learning.js';
import { lifecycleChecks } from './checks/lifecycle.js';
import { savingChecks } from './checks/saving.js';
import { scoringChecks } from './checks/scoring.js';

/** The error of {@link checkDetector}: the message lists every check that failed. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  /** Names of the checks that failed. */
  readonly failed: readonly string[];

  /**
   * @param kind - the detector
   * @param failures - what failed and why
   */
  constructor(kind: string, failures: readonly { name: string; error: unknown }[]) {
    const lines = failures.map(
      ({ name, error }) => `- ${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
    super(`${kind} breaks the detector contract:\n${lines.join('\n')}`, { cause: failures[0]?.error });
    this.failed = failures.map(({ name }) => name);
  }
}

/**
 * Checks that a detector keeps the contract of `Detector` in `@adlib/core`: what every detector must pass, in the
 * manner of scikit-learn's `check_estimator`. It fits the detector about eight times on tiny pictures, so give it small options.
 *
 * @param make - makes a new detector, the same each time
 * @param options - pictures, tolerances, what to expect of the ONNX export
 * @returns the names of the checks that passed
 * @throws ContractError listing every check that failed and why
 * @example
 * ```ts
 * import { checkDetector, MeanImage } from '@adlib/testing';
 * const passed = await checkDetector(() => new MeanImage({ size: 16 }), { onnx: 'unsupported' });
 * console.log(passed.length > 10); // true
 * ```
 * @see scikit-learn, "Developing scikit-learn estimators", check_estimator
 */
export async function checkDetector(make: () => Detector, options: CheckDetectorOptions = {}): Promise<string[]> {
  const context = new CheckContext(make, options);
  const passed: string[] = [];
  const failures: { name: string; error: unknown }[] = [];
  for (const check of allChecks(context)) {
    try {
      await check.run();
      passed.push(check.name);
    } catch (error) {
      failures.push({ name: check.name, error });
    }
  }
  await context.close();
  if (failures.length > 0) throw new ContractError(make().kind, failures);
  return passed;
}

function allChecks(context: CheckContext): DetectorCheck[] {
  return [...lifecycleChecks(context), ...learningChecks(context), ...scoringChecks(context), ...savingChecks(context)];
}
