/** Reads mutated files in a process of its own: `pool.ts` sends numbers of cases and watches over it. */
import { rm, writeFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createRandom } from '@adlib/core';
import { datasetKinds } from './kinds.js';
import { bundleKinds } from './kinds/bundles.js';
import { materialise, type FuzzKind } from './kinds/kind.js';
import { drawMutation } from './mutate.js';

/** What became of a mutated file. */
export interface CaseResult {
  /** Number of the case. */
  readonly index: number;
  /** Kind of file. */
  readonly kind: string;
  /** Whether it could still be read, was refused as it should be, or failed in another way. */
  readonly outcome: 'read' | 'refused' | 'wrong error' | 'crash' | 'hang';
  /** Milliseconds it took. */
  readonly ms: number;
  /** What was said. */
  readonly message: string;
}

const [seed, withBundles] = [Number(process.argv[2]), process.argv[3] === 'all'];
const kinds: Readonly<Record<string, FuzzKind>> = withBundles
  ? { ...datasetKinds, ...(await bundleKinds()) }
  : datasetKinds;
const names = Object.keys(kinds);
const others = Object.values(kinds).flatMap(({ seeds }) => seeds);
const folders = new Map<string, string>();

/** Errors that the readers promise. */
const ours = ['DatasetFormatError', 'BundleError', 'SafetensorsError'];

async function run(index: number): Promise<CaseResult> {
  const kind = names[index % names.length]!;
  const { form, target, seeds, files, read } = kinds[kind]!;
  const random = createRandom(seed).split(String(index));
  let bytes = seeds[random.integer(seeds.length)]!;
  const rounds = random.integer(4) === 0 ? 3 : 1;
  for (let i = 0; i < rounds && bytes.length > 0; i++) bytes = drawMutation(form, random)(bytes, random, others);
  const dir = folders.get(kind) ?? (await materialise(files));
  folders.set(kind, dir);
  const file = join(dir, target);
  await mkdir(dirname(file), { recursive: true });
  // A reader may have sealed the description anew.
  if (kind.startsWith('sealed')) {
    for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  }
  await writeFile(file, bytes);
  const begin = performance.now();
  const done = (outcome: CaseResult['outcome'], message: string): CaseResult => ({
    ...{ index, kind, outcome, ms: performance.now() - begin },
    message: message.slice(0, 500),
  });
  try {
    await read(dir);
    return done('read', '');
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const named = [dir, target, ...Object.keys(files)].some((path) => message.includes(basename(path)));
    return ours.includes(name) && named
      ? done('refused', message)
      : done('wrong error', `${name}: ${message}\n${stack ?? ''}`);
  }
}

/** Reads every file as it was made: what is refused unchanged would test nothing. */
async function runUnchanged(): Promise<CaseResult> {
  const begin = performance.now();
  const refused: string[] = [];
  for (const [name, { seeds, files, target, read }] of Object.entries(kinds)) {
    for (const [i, content] of seeds.entries()) {
      const dir = await materialise({ ...files, [target]: content });
      await read(dir).catch((error: unknown) => refused.push(`${name} ${i}: ${(error as Error).message}`));
      await rm(dir, { recursive: true });
    }
  }
  const outcome = refused.length === 0 ? 'read' : 'wrong error';
  return { index: -1, kind: 'unchanged', outcome, ms: performance.now() - begin, message: refused.join('\n') };
}

process.on('message', (index: number) => {
  void (index < 0 ? runUnchanged() : run(index)).then((result) => process.send!(result));
});
process.on('disconnect', () => {
  void Promise.all([...folders.values()].map((dir) => rm(dir, { recursive: true, force: true }))).then(() =>
    process.exit(0),
  );
});
process.send!('ready');
