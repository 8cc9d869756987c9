import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aupro } from './aupro.js';

interface Golden {
  cases: { name: string; shape: [number, number]; maps: number[][]; masks: string[]; aupro: Record<string, number> }[];
}
const url = new URL('../../../fixtures/metrics_mvtec.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(url, 'utf8')) as Golden;

describe.each(cases)(
  "equals MVTec AD's evaluation code: $name",
  ({ shape: [height, width], maps, masks, aupro: areas }) => {
    const items = maps.map((scores, i) => ({
      map: { data: Float32Array.from(scores), width, height },
      mask: { data: Uint8Array.from(masks[i]!, Number), width, height },
    }));

    // Its false-positive rates are float32.
    test.each(Object.entries(areas))('up to %s', async (limit, area) => {
      expect(Math.abs((await aupro(items, { fprLimit: Number(limit) })) - area)).toBeLessThan(2e-7);
    });
  },
);

test('refuses a limit that is no rate', async () => {
  await expect(aupro([], { fprLimit: 0 })).rejects.toThrow('fprLimit');
  await expect(aupro([], { limit: 0.3 } as never)).rejects.toThrow('limit');
});
