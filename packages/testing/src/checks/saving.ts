import type { DetectorState, NamedTensor } from '@adlib/core';
import { assertSameDetections, assertThrows, errorOf, fail, type CheckContext, type DetectorCheck } from './context.js';

/** `save`, `load` and `toOnnx`. */
export function savingChecks(context: CheckContext): DetectorCheck[] {
  return [
    {
      name: 'a saved state is plain data, copied, and restores identical scores',
      run: () => checkRoundTrip(context),
    },
    {
      name: 'load refuses another kind and missing or cut tensors, and keeps what was learned',
      run: () => checkRefusals(context),
    },
    {
      name: 'toOnnx gives a file, or says that there is none',
      run: async () => {
        const { detector, detections } = await context.shared();
        if (context.options.onnx === 'unsupported') {
          const error = await errorOf('toOnnx', () => detector.toOnnx());
          if (!/onnx/i.test(error.message))
            fail(`toOnnx must say that there is no ONNX export, threw ${error.message}`);
          return;
        }
        const file = await detector.toOnnx({ threshold: 0.5, metadata: { note: 'contract' } });
        if (!(file instanceof Uint8Array) || file.length === 0) fail('toOnnx must give bytes');
        if (!Buffer.from(file).includes('contract')) fail('toOnnx must write the metadata it was given');
        await context.options.checkOnnx?.(file, context.probes, detections);
      },
    },
  ];
}

async function checkRoundTrip(context: CheckContext): Promise<void> {
  const { detector, detections } = await context.shared();
  const state = detector.save();
  if (state.kind !== detector.kind) fail(`state.kind must be '${detector.kind}', got '${state.kind}'`);
  for (const part of ['options', 'facts'] as const) {
    const json = JSON.stringify(state[part]);
    if (hasNonJson(state[part])) fail(`state.${part} must survive JSON, got ${json}`);
  }
  if (JSON.stringify(state.options) !== JSON.stringify(detector.options)) fail('state.options must be the options');
  for (const [name, { shape, data }] of Object.entries(state.tensors)) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (data.length !== size) fail(`state.tensors.${name} must have ${size} values, has ${data.length}`);
  }
  const again = JSON.stringify(toPlain(state));
  if (JSON.stringify(toPlain(detector.save())) !== again) fail('save must give the same state twice');
  const restored = context.make();
  restored.load(throughDisk(state));
  if (!restored.fitted) fail('fitted must be true after load');
  assertSameDetections('after load', await restored.score(context.probes), detections, 1e-6);
  if (JSON.stringify(toPlain(restored.save())) !== again) fail('save after load must give the same state');
  restored.dispose();
  for (const { data } of Object.values(state.tensors)) data.fill(Number.NaN);
  assertSameDetections(
    'after writing into a saved state',
    await detector.score(context.probes),
    detections,
    context.rtol,
  );
}

async function checkRefusals(context: CheckContext): Promise<void> {
  const { detector, detections } = await context.shared();
  const state = detector.save();
  await errorOf('load of another kind', () => detector.load({ ...state, kind: 'something-else' }));
  for (const name of Object.keys(state.tensors)) {
    const { [name]: cut, ...rest } = state.tensors;
    await errorOf(`load without ${name}`, () => detector.load({ ...state, tensors: rest }));
    if (cut!.data.length === 0) continue;
    const shorter = { shape: [cut!.data.length - 1], data: cut!.data.slice(1) };
    await errorOf(`load with ${name} cut`, () => detector.load({ ...state, tensors: { ...rest, [name]: shorter } }));
  }
  assertSameDetections('after refused loads', await detector.score(context.probes), detections, context.rtol);
  const fresh = context.make();
  await errorOf('load of nothing', () => fresh.load({ ...state, tensors: {} }));
  if (fresh.fitted) fail('a refused load must not leave the detector fitted');
  await assertThrows('score after a refused load', ['NotFittedError'], () => fresh.score(context.probes));
  fresh.dispose();
}

function toPlain(state: DetectorState): unknown {
  const tensors = Object.entries(state.tensors).map(([name, { shape, data }]) => [name, shape, Array.from(data)]);
  return { ...state, tensors };
}

/** What a state looks like after it was written and read: other objects, other array buffers. */
function throughDisk(state: DetectorState): DetectorState {
  const { kind, options, facts } = JSON.parse(JSON.stringify({ ...state, tensors: {} })) as DetectorState;
  const tensors = Object.entries(state.tensors).map(([name, { shape, data }]): [string, NamedTensor] => [
    name,
    { shape: [...shape], data: data.slice() },
  ]);
  return { kind, options, facts, tensors: Object.fromEntries(tensors.reverse()) };
}

/** Whether JSON would change the value: NaN, infinities, undefined, functions, class instances. */
function hasNonJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return false;
  if (typeof value === 'number') return !Number.isFinite(value);
  if (Array.isArray(value)) return value.some(hasNonJson);
  if (typeof value !== 'object') return true;
  return Object.getPrototypeOf(value) !== Object.prototype || Object.values(value).some(hasNonJson);
}
