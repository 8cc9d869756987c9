import type { Detector, DetectorState } from '@adlib/core';
import { assertThrows, collect, fail, type CheckContext, type DetectorCheck } from './context.js';

/** Constructor, unfitted and disposed states, leaks. */
export function lifecycleChecks(context: CheckContext): DetectorCheck[] {
  const { make, images, probes } = context;
  return [
    {
      name: 'the constructor keeps options as JSON and learns nothing',
      run: async () => {
        const detector = make();
        if (detector.fitted) fail('fitted must be false before fit');
        if (detector.kind === '') fail('kind must not be empty');
        const json = JSON.stringify(detector.options);
        if (JSON.stringify(make().options) !== json) fail('two detectors made alike must have the same options');
        const { detector: fitted } = await context.shared();
        if (JSON.stringify(fitted.options) !== json) fail('fit must not change options');
        if (!fitted.fitted) fail('fitted must be true after fit');
        if (detector.fitted) fail('fitting one detector must not fit another');
        detector.dispose();
      },
    },
    {
      name: 'every call that needs learning throws NotFittedError before fit',
      run: async () => {
        const detector = make();
        for (const [name, call] of Object.entries(learnedCalls(detector, context))) {
          await assertThrows(`${name} before fit`, ['NotFittedError'], call);
        }
        detector.dispose();
      },
    },
    {
      name: 'dispose is idempotent, and afterwards every call throws DisposedError',
      run: async () => {
        const { detector: fitted } = await context.shared();
        const state = fitted.save();
        const detector = make();
        detector.load(state);
        detector.dispose();
        detector.dispose();
        await assertAllDisposed(detector, state, context);
        const unfitted = make();
        unfitted.dispose();
        await assertAllDisposed(unfitted, state, context);
      },
    },
    {
      name: 'fit, score and failed calls leave no tensor behind',
      run: async () => {
        const count = context.options.numTensors;
        if (count === undefined) return;
        const { detector: fitted } = await context.shared();
        const before = count();
        await fitted.score(probes);
        await fitted.score([{} as never]).catch(() => undefined);
        const stream = fitted.scoreEach(probes);
        await stream.next();
        await stream.return();
        fitted.save();
        if (count() !== before) fail(`scoring and saving changed the number of tensors from ${before} to ${count()}`);
        const detector = make();
        await context.fit(detector, images);
        await context.fit(detector, images, { signal: AbortSignal.abort() }).catch(() => undefined);
        await detector.score(probes.slice(0, 1));
        detector.dispose();
        if (count() !== before)
          fail(`fit, score and dispose changed the number of tensors from ${before} to ${count()}`);
      },
    },
  ];
}

function learnedCalls(detector: Detector, { probes }: CheckContext): Record<string, () => unknown> {
  return {
    score: () => detector.score(probes),
    scoreEach: () => collect(detector.scoreEach(probes)),
    save: () => detector.save(),
    toOnnx: () => detector.toOnnx(),
  };
}

async function assertAllDisposed(detector: Detector, state: DetectorState, context: CheckContext): Promise<void> {
  const calls = {
    ...learnedCalls(detector, context),
    fit: () => detector.fit(context.images),
    load: () => detector.load(state),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assertThrows(`${name} after dispose`, ['DisposedError'], call);
  }
}
