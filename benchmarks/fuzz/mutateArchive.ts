import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Random } from '@adlib/core';
import { tarBlock, tarOf, zip, type ZipLies } from '../../packages/datasets/src/testing/archives.js';

/** Where a name with an absolute path would write. */
export const escaped = join(tmpdir(), 'adlib-fuzz-escaped.txt');

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)]!;

const plain = ['a.txt', 'b.png', 'train/good/000.png', 'train/good/001.png', 'ü b/c.txt'];
const strange = [
  ...['../evil.txt', '../../evil.txt', '../../../evil.txt', 'a/../../evil.txt', 'a/..', '..', '.', '', '/', './'],
  ...[escaped, `/${escaped}`, 'C:/evil.txt', 'c:evil.txt', '..\\evil.txt', '\\\\host\\share\\evil.txt', 'a\\b'],
  ...['a\0b.txt', '../evil.txt\0.png', 'A.TXT', 'a.txt', 'a.txt/b.txt', 'a.txt/', 'train', 'train/good', 'b.png/../c'],
  ...[
    'x'.repeat(256),
    'x'.repeat(5000),
    'd/'.repeat(150),
    `${'d/'.repeat(3000)}x`,
    `${'d/'.repeat(40)}${'x'.repeat(99)}`,
  ],
  ...[
    'e\u0301.txt',
    '\u00e9.txt',
    '\u202egnp.exe',
    'nul',
    'con.txt',
    'dot.',
    'space ',
    ' ',
    '\n',
    '*?<>|',
    '__proto__',
  ],
  ...['a//b.txt', './a.txt', 'a/./b.txt', '~/evil.txt', '$HOME/evil.txt', '%2e%2e/evil.txt', '-rf', '.hidden'],
];
const sizes = [0, 1, 511, 512, 513, 1_000_000, 2 ** 31 - 1, 2 ** 32 - 1];

interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  /** 0 is a file, 1 a folder, 2 and more links and devices. */
  readonly kind: number;
  readonly lies: boolean;
}

function drawEntries(random: Random): Entry[] {
  const honest = random.integer(4) === 0;
  const entries = Array.from({ length: 1 + random.integer(5) }, (): Entry => {
    const name = honest || random.integer(3) > 0 ? pick(random, plain) : pick(random, strange);
    const length = random.integer(20) === 0 ? 2_000_000 : random.integer(2000);
    return {
      name: honest ? `${random.integer(1e6)}/${name}` : name,
      content: Uint8Array.from({ length }, () => (length > 2000 ? 0 : random.integer(256))),
      kind: honest || random.integer(5) > 0 ? 0 : random.integer(5),
      lies: !honest && random.integer(6) === 0,
    };
  });
  return entries;
}

function drawnZip(random: Random): Buffer {
  return zip(
    drawEntries(random).map(({ name, content, kind, lies }) => {
      const title = random.integer(20) === 0 ? Uint8Array.of(0xff, 0xfe, 0x2e, 0x2e, 0x2f, 0x80) : name;
      const modes = [0o100644, 0o040755, 0o120777, 0o020644, 0o010644];
      const lie: ZipLies = pick(random, [
        { size: pick(random, sizes) },
        { packed: pick(random, sizes) },
        { crc: random.integer(2 ** 32 - 1) },
        { method: pick(random, [0, 1, 12, 14, 99]) },
        { flags: pick(random, [0, 1, 8, 0x41, 0x2000, 0xffff]) },
        { at: pick(random, sizes) },
      ]);
      return [title, content, modes[kind]!, lies ? lie : {}] as const;
    }),
  );
}

/** A line of attributes: its length, itself included, goes first. */
function attribute(key: string, value: string | number): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const length = bytes + String(bytes + String(bytes).length).length;
  return `${length}${rest}`;
}

function drawnTar(random: Random): Buffer {
  const blocks = drawEntries(random).flatMap(({ name, content, kind, lies }) => {
    const types = ['0', '5', '2', '1', '3'];
    const link = pick(random, ['/etc/hostname', '../../evil.txt', 'a.txt', '']);
    const size = lies ? { size: pick(random, sizes) } : {};
    const block = tarBlock(name.slice(0, 255), content, types[kind], { link, ...size });
    const turn = random.integer(12);
    if (name.length > 99 || turn === 0) return [tarBlock('x', attribute('path', name), 'x'), block];
    if (turn === 1) return [tarBlock('L', `${name}\0`, 'L'), block];
    if (turn === 2 && lies) return [tarBlock('x', attribute('size', pick(random, sizes)), 'x'), block];
    if (turn === 3 && lies) return [tarBlock('g', attribute('path', '../evil.txt'), 'g'), block];
    return [block];
  });
  const whole = tarOf(...blocks);
  return random.integer(8) === 0 ? whole.subarray(0, random.integer(whole.length)) : whole;
}

/**
 * Makes an archive with names that lead out, folders that are files, links, devices, two of a name, very long names, content
 * that is too large, and headers that lie.
 *
 * @param form - the kind of archive
 * @param random - the stream
 * @returns the archive
 */
export function drawArchive(form: 'zip' | 'tar' | 'tar.gz', random: Random): Uint8Array {
  if (form === 'zip') return drawnZip(random);
  return form === 'tar' ? drawnTar(random) : gzipSync(drawnTar(random));
}
