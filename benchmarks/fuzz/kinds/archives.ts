import { existsSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as node from '@adlib/datasets/node';
import { tarBlock, tarOf, zip } from '../../../packages/datasets/src/testing/archives.js';
import { escaped } from '../mutateArchive.js';
import type { FuzzKind } from './kind.js';
import { picture } from './pictures.js';

const target = 'incoming/parts-7.archive';
const maxBytes = 1_000_000;

async function below(dir: string): Promise<string[]> {
  return (await readdir(dir, { recursive: true })).sort();
}

/** Bytes of all files of a folder; anything but files and folders in it is an error. */
async function measured(dir: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for (const name of await below(dir)) {
    const found = await lstat(join(dir, name));
    if (found.isDirectory()) continue;
    if (!found.isFile()) throw new Error(`${name} is neither a file nor a folder`);
    sum.files++;
    sum.bytes += found.size;
  }
  return sum;
}

/**
 * Unpacks the target and looks at what is on the disk afterwards: the folder with what was told and no more than allowed, or
 * nothing; and nothing beside it in either case.
 */
async function unpackAndLook(dir: string): Promise<void> {
  const room = join(dir, 'room');
  const to = join(room, 'a', 'parts');
  await rm(room, { recursive: true, force: true });
  const before = await below(dir);
  const failure = await node.unpack(join(dir, target), { to, maxBytes }).then(
    async ({ files, bytes }) => {
      const found = await measured(to);
      if (found.files !== files || found.bytes !== bytes || bytes > maxBytes) {
        throw new Error(`unpack told ${files} files, ${bytes} bytes; there are ${JSON.stringify(found)}`);
      }
    },
    (error: unknown) => error as Error,
  );
  const left = await readdir(join(room, 'a')).catch(() => []);
  await rm(room, { recursive: true, force: true });
  if (left.join() !== (failure === undefined ? 'parts' : '')) throw new Error(`unpack left ${left.join()}`);
  const after = await below(dir);
  if (after.join() !== before.join() || existsSync(escaped)) throw new Error(`written outside: ${after.join()}`);
  if (failure !== undefined) throw failure;
}

const names = ['train/good/000.png', 'train/good/001.png', 'read me.txt'];
const tarred = tarOf(tarBlock('train/', '', '5'), ...names.map((name) => tarBlock(name, picture)));

/** Archives, by name. */
export const archiveKinds: Readonly<Record<string, FuzzKind>> = Object.fromEntries(
  (
    [
      ['zip', [zip(names.map((name) => [name, picture] as const)), zip([['a/', '', 0o040755]])]],
      ['tar', [tarred]],
      ['tar.gz', [gzipSync(tarred)]],
    ] as const
  ).map(([form, seeds]) => [form, { form, target, seeds, files: { 'beside.txt': picture }, read: unpackAndLook }]),
);
