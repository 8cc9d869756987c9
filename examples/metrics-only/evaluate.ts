/**
 * A tool that stands on @adlib/metrics alone: every figure from a CSV of scores and a folder of maps.
 *
 *   npx tsx --conditions=@adlib/source examples/metrics-only/evaluate.ts scores.csv [maps-folder] [threshold]
 *
 * The CSV has columns `id,score,defect` (`good` for good images). The folder holds `maps/<id>.npy` (float32) and, for
 * defective images, `masks/<id>.npy` (0 and 1), of any sizes. Without arguments it makes up a small example.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@adlib/core';
import { toMarkdown, type MapWithMask } from '@adlib/metrics';
import { compute, parseScores, type ScoreRow } from './compute.js';
import { readNpy, writeNpy } from './npy.js';

// %% Input
const [csv, folder, limit] = process.argv.length > 2 ? process.argv.slice(2) : makeExample();
const rows = parseScores(readFileSync(csv!, 'utf8'));

// %% Figures
// Maps are read one at a time; a defective image without a mask is left out, because nothing is known of its pixels.
const found = await compute(
  rows,
  folder === undefined ? [] : readMaps(folder, rows),
  limit === undefined ? undefined : Number(limit),
);
const { delong, bootstrap, overlap, ...image } = found.image;
console.log(toMarkdown([image]));
console.log(
  toMarkdown([
    { interval: 'DeLong', ...delong },
    { interval: 'bootstrap', ...bootstrap },
  ]),
);
console.log(toMarkdown([overlap]));
if (found.decision !== undefined) console.log(toMarkdown([found.decision]));
if (found.pixel !== undefined) console.log(toMarkdown([found.pixel]));
console.log(toMarkdown(found.perDefect));
for (const warning of found.warnings) console.log(`Note: ${warning}`);

function* readMaps(from: string, list: readonly ScoreRow[]): Generator<MapWithMask> {
  for (const { id, defect } of list) {
    const [map, mask] = ['maps', 'masks'].map((kind) => join(from, kind, `${id}.npy`));
    if (!existsSync(map!) || (defect !== 'good' && !existsSync(mask!))) continue;
    const truth = existsSync(mask!) ? readNpy(readFileSync(mask!)) : undefined;
    yield { map: readNpy(readFileSync(map!)), mask: truth, group: defect };
  }
}

/** Forty good and forty defective images, 48 rows by 64 columns, in a folder of its own. */
function makeExample(): [string, string, string] {
  const to = mkdtempSync(join(tmpdir(), 'adlib-metrics-'));
  const random = createRandom(1);
  for (const kind of ['maps', 'masks']) mkdirSync(join(to, kind));
  const lines = Array.from({ length: 80 }, (_, i) => {
    const defect = i < 40 ? 'good' : i % 2 === 0 ? 'scratch' : 'dent';
    const mask = new Uint8Array(48 * 64);
    if (defect === 'scratch') mask.fill(1, 20 * 64 + 10, 20 * 64 + 50);
    if (defect === 'dent') for (let y = 30; y < 38; y++) mask.fill(1, y * 64 + 30, y * 64 + 38);
    const map = Float32Array.from(mask, (m) => random.normal(m * (defect === 'dent' ? 1.5 : 2.5)));
    writeFileSync(join(to, 'maps', `${i}.npy`), writeNpy(map, [48, 64]));
    if (defect !== 'good') writeFileSync(join(to, 'masks', `${i}.npy`), writeNpy(mask, [48, 64]));
    return `${i},${map.toSorted().at(-5)!},${defect}`;
  });
  writeFileSync(join(to, 'scores.csv'), ['id,score,defect', ...lines].join('\n'));
  return [join(to, 'scores.csv'), to, '3.2'];
}
