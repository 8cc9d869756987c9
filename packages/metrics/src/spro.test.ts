import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aupro } from './aupro.js';
import { spro } from './spro.js';

interface Golden {
  spro: {
    images: { shape: [number, number]; scores: number[]; regions: { mask: number[]; saturation: number }[] }[];
    area: Record<string, number>;
  };
}
const url = new URL('../../../fixtures/metrics_regions.json', import.meta.url);
const golden = (JSON.parse(readFileSync(url, 'utf8')) as Golden).spro;

describe('spro', () => {
  const maps = golden.images.map(({ shape: [height, width], scores, regions }) => ({
    map: { data: scores, width, height },
    regions: regions.map(({ mask, saturation }) => ({ mask: { data: mask, width, height }, saturation })),
  }));

  test.each(Object.entries(golden.area))(
    'up to %s equals the definition, overlapping and split defects included',
    async (limit, value) => {
      expect(await spro(maps, { fprLimit: Number(limit) })).toBeCloseTo(value, 12);
    },
  );

  test('saturation at the whole area is AUPRO', async () => {
    const map = { data: [0.1, 0.2, 0.5, 0.3, 0.4, 0.9, 0.25, 0.35], width: 4, height: 2 };
    const mask = { data: [0, 0, 1, 0, 0, 0, 1, 0], width: 4, height: 2 };
    const value = await aupro([{ map, mask }], { fprLimit: 0.4 });
    expect(await spro([{ map, regions: [{ mask }] }], { fprLimit: 0.4 })).toBeCloseTo(value, 14);
    expect(await spro([{ map, regions: [{ mask, saturation: 1 }] }], { fprLimit: 0.4 })).toBeGreaterThan(value);
  });

  test('undefined without defects or without good pixels', async () => {
    const map = { data: [1, 2], width: 2, height: 1 };
    expect(await spro([])).toBeNaN();
    expect(await spro([{ map }])).toBeNaN();
    expect(await spro([{ map, regions: [{ mask: { data: [1, 1], width: 2, height: 1 } }] }])).toBeNaN();
  });

  test('refuses saturations out of range and empty defects', async () => {
    const map = { data: [1, 2], width: 2, height: 1 };
    const mask = { data: [1, 0], width: 2, height: 1 };
    await expect(spro([{ map, regions: [{ mask, saturation: 2 }] }])).rejects.toThrow(
      /regions\[0\]\.saturation must be .*1\], got 2/,
    );
    await expect(spro([{ map, regions: [{ mask, saturation: 0 }] }])).rejects.toThrow(RangeError);
    await expect(spro([{ map, regions: [{ mask: { data: [0, 0], width: 2, height: 1 } }] }])).rejects.toThrow(
      /1 somewhere/,
    );
  });
});
