/** One task of speed.ts in a process of its own: prints seconds, peak memory and the figure. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { aupimo, aupro, auroc, bootstrapInterval, pixelAuroc, type MapWithMask } from '@adlib/metrics';

const [task, folder, mapCount, side] = process.argv.slice(2) as [string, string, string, string];
const size = Number(side);

/** Maps from the files, one at a time; the same two arrays are filled again and again. */
function* readMaps(): Generator<MapWithMask> {
  const maps = openSync(join(folder, 'maps.f32'), 'r');
  const masks = openSync(join(folder, 'masks.u8'), 'r');
  const data = new Float32Array(size * size);
  const mask = new Uint8Array(size * size);
  for (let k = 0; k < Number(mapCount); k++) {
    readSync(maps, data);
    readSync(masks, mask);
    yield { map: { data, width: size, height: size }, mask: { data: mask, width: size, height: size } };
  }
  closeSync(maps);
  closeSync(masks);
}

/** The first `n` scores and labels. */
function readScores(n: number): [Float64Array, Uint8Array] {
  const scores = new Float64Array(n);
  const labels = new Uint8Array(n);
  for (const [name, into] of [
    ['scores.f64', scores],
    ['labels.u8', labels],
  ] as const) {
    const file = openSync(join(folder, name), 'r');
    readSync(file, into);
    closeSync(file);
  }
  return [scores, labels];
}

const run: Record<string, () => number | Promise<number>> = {
  auroc: () => auroc(...readScores(10_000_000)),
  pixelAuroc: () => pixelAuroc(readMaps()),
  aupro: () => aupro(readMaps()),
  aupimo: async () => (await aupimo(readMaps())).mean,
  bootstrap: () => bootstrapInterval(auroc, ...readScores(150)).estimate,
  bootstrapLarge: () => bootstrapInterval(auroc, ...readScores(10_000)).estimate,
};

const start = performance.now();
const value = await run[task]!();
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024, value }));
