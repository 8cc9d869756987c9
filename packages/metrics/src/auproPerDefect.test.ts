import { expect, test } from 'vitest';
import { aupro } from './aupro.js';
import { auproPerDefect } from './auproPerDefect.js';

const row = (...data: number[]) => ({ data, width: data.length, height: 1 });
const good = { map: row(0, 5, 2), group: 'good' };
const scratch = { map: row(1, 9, 3), mask: row(0, 1, 0), group: 'scratch' };
const dent = { map: row(1, 4, 0), mask: row(0, 1, 0), group: 'dent' };

test('each type with its own images and the good ones', async () => {
  const values = await auproPerDefect([good, scratch, dent], { fprLimit: 1 });
  expect(values).toEqual({
    scratch: await aupro([good, scratch], { fprLimit: 1 }),
    dent: await aupro([good, dent], { fprLimit: 1 }),
  });
  expect(values.dent).toBeCloseTo(0.8, 14);
});

test('without good images, with another name for them, and a type without a region', async () => {
  expect((await auproPerDefect([dent])).dent).toBe(1);
  expect(Object.keys(await auproPerDefect([{ ...good, group: 'ok' }, dent], { good: 'ok' }))).toEqual(['dent']);
  expect((await auproPerDefect([good, { ...dent, mask: undefined }])).dent).toBeNaN();
  expect(await auproPerDefect([])).toEqual({});
});

test('refuses options out of range', async () => {
  await expect(auproPerDefect([], { fprLimit: 0 })).rejects.toThrow(
    'auproPerDefect: fprLimit must be in (0, 1], got 0.',
  );
});
