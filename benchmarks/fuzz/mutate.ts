import type { Random } from '@adlib/core';
import { drawArchive } from './mutateArchive.js';

/** What a file holds: decides the mutations. */
export type Form = 'binary' | 'text' | 'json' | 'zip' | 'tar' | 'tar.gz';

/** Changes a file's bytes, drawn from the stream; the input is not modified. */
export type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)]!;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Replaces `count` bytes from `at` on. */
function splice(bytes: Uint8Array, at: number, count: number, inserted: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + count)]);
}

const words = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Mutations of any file. */
const binary: readonly Mutation[] = [
  (bytes, random) => {
    const out = Uint8Array.from(bytes);
    for (let i = 0; i < 1 + random.integer(8); i++) out[random.integer(out.length)]! ^= 1 << random.integer(8);
    return out;
  },
  // Headers are where a changed byte matters most.
  (bytes, random) => {
    const out = Uint8Array.from(bytes);
    for (let i = 0; i < 1 + random.integer(4); i++) {
      out[random.integer(Math.min(out.length, 64))] = pick(random, [0, 1, 127, 128, 255, random.integer(256)]);
    }
    return out;
  },
  (bytes, random) => {
    const word = Buffer.alloc(4);
    if (random.integer(2) === 0) word.writeUInt32LE(pick(random, words));
    else word.writeUInt32BE(pick(random, words));
    return splice(bytes, random.integer(Math.min(bytes.length, 128)), 4, word);
  },
  (bytes, random) => bytes.slice(0, random.integer(bytes.length)),
  (bytes, random) => {
    const at = random.integer(bytes.length);
    return splice(bytes, at, random.integer(bytes.length - at), new Uint8Array(0));
  },
  (bytes, random) => {
    const at = random.integer(bytes.length);
    return splice(bytes, at, 0, bytes.slice(at, at + random.integer(200)));
  },
  (bytes, random) => {
    const noise = Uint8Array.from({ length: 1 + random.integer(64) }, () => random.integer(256));
    return splice(bytes, random.integer(bytes.length), 0, noise);
  },
  (_, random, others) => pick(random, others),
  (bytes, random, others) => {
    const other = pick(random, others);
    return Buffer.concat([
      bytes.subarray(0, random.integer(bytes.length)),
      other.subarray(random.integer(other.length)),
    ]);
  },
  () => new Uint8Array(0),
];

const strange = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '"',
    "'",
    ',',
    ';',
    '\t',
    '=',
    '-1',
    '0',
    '00',
    '1e309',
    '-1e308',
    'NaN',
    'Infinity',
    '0x10',
  ],
  ...['9007199254740993', '2147483648', '4294967296', '1.5', 'true', 'null', '[]', '{}', '__proto__', 'constructor'],
  ...['../../../etc/hostname', '/etc/hostname', '..\\..\\x.png', 'C:\\x.png', 'a\0.png', '.', '..', 'x'.repeat(5000)],
  ...[
    'é\u0301',
    '\ud800',
    '\u202etxt.png',
    '&lt;',
    '&x;',
    '<!--',
    ']]>',
    '<![CDATA[',
    '<!DOCTYPE a [<!ENTITY x "y">]>',
  ],
  ...['%00', '%zz', 'file:///etc/hostname', '1 '.repeat(2000), '<a>'.repeat(3000), '['.repeat(20000)],
];

/** Mutations of text files. */
const textual: readonly Mutation[] = [
  // A number, a word or a quoted text becomes something else.
  (bytes, random) => {
    const found = [...text(bytes).matchAll(/-?\d+(?:\.\d+)?|"[^"]*"|[\w./-]+/g)];
    if (found.length === 0) return bytes;
    const [token] = [pick(random, found)];
    const replaced = text(bytes);
    return Buffer.from(
      replaced.slice(0, token.index) + pick(random, strange) + replaced.slice(token.index + token[0].length),
    );
  },
  (bytes, random) => {
    const whole = text(bytes);
    const at = random.integer(whole.length + 1);
    return Buffer.from(whole.slice(0, at) + pick(random, strange) + whole.slice(at));
  },
  // Lines swapped, twice, gone.
  (bytes, random) => {
    const lines = text(bytes).split('\n');
    const [a, b] = [random.integer(lines.length), random.integer(lines.length)];
    const kind = random.integer(3);
    if (kind === 0) lines.splice(a, 1);
    else if (kind === 1) lines.splice(a, 0, lines[b]!);
    else [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    return Buffer.from(lines.join('\n'));
  },
  (bytes) => Buffer.from(`\ufeff${text(bytes)}`, 'utf16le'),
  (bytes) => Buffer.from(`\ufeff${text(bytes)}`),
  (bytes) => Buffer.from(text(bytes).replace(/[aeiou]/, '\u00e9'), 'latin1'),
  (bytes) => Buffer.from(text(bytes).replaceAll('\n', '\r')),
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const values: readonly Json[] = [
  ...[
    null,
    true,
    -1,
    0,
    1,
    0.5,
    1e308,
    -1e308,
    4294967296,
    '',
    '0',
    'x',
    '../x.png',
    '/etc/hostname',
    '\0',
    '__proto__',
  ],
  ...[[], [[]], [null], [1, 2, 3], {}, { size: [1e9, 1e9], counts: [1] }, { length: 1e9 }, Array<Json>(3000).fill(1)],
];

/** Every value in a JSON tree with a way to replace it. */
function places(value: Json, found: ((next: Json | undefined) => void)[] = []): ((next: Json | undefined) => void)[] {
  if (typeof value !== 'object' || value === null || found.length > 3000) return found;
  for (const [key, inner] of Object.entries(value)) {
    found.push((next) => {
      if (next === undefined) {
        if (Array.isArray(value)) value.splice(Number(key), 1);
        else Reflect.deleteProperty(value, key);
      } else (value as Record<string, Json>)[key] = next;
    });
    places(inner, found);
  }
  return found;
}

/**
 * Changes values of a JSON file, so that it stays JSON.
 *
 * @param bytes - the file
 * @param random - the stream
 * @returns the changed file; as it was where it is no JSON
 */
export const mutateJson: Mutation = (bytes, random) => {
  let root: Json;
  try {
    root = JSON.parse(text(bytes)) as Json;
  } catch {
    return bytes;
  }
  for (let i = 0; i < 1 + random.integer(3); i++) {
    const all = places(root);
    if (all.length === 0) break;
    pick(random, all)(random.integer(5) === 0 ? undefined : structuredClone(pick(random, values)));
  }
  return Buffer.from(JSON.stringify(root));
};

/**
 * Draws a mutation for a kind of file.
 *
 * @param form - what the file holds
 * @param random - the stream
 * @returns the mutation
 */
export function drawMutation(form: Form, random: Random): Mutation {
  if (form === 'binary') return pick(random, binary);
  const turn = random.integer(10);
  if (form === 'zip' || form === 'tar' || form === 'tar.gz') {
    return turn < 6 ? (_, stream) => drawArchive(form, stream) : pick(random, binary);
  }
  if (form === 'json' && turn < 6) return mutateJson;
  return turn < 8 ? pick(random, textual) : pick(random, binary);
}
