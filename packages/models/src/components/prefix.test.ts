import { expect, test } from 'vitest';
import { withoutPrefix, withPrefix } from './prefix.js';

test('a part among others comes back under its own names', () => {
  const [first, second] = [
    { bank: 1, 'backbone.a': 2 },
    { bank: 3, '0.bank': 4 },
  ];
  const all = { ...withPrefix(first, '0.'), ...withPrefix(second, '1.') };
  expect(all).toEqual({ '0.bank': 1, '0.backbone.a': 2, '1.bank': 3, '1.0.bank': 4 });
  expect(withoutPrefix(all, '0.')).toEqual(first);
  expect(withoutPrefix(all, '1.')).toEqual(second);
  expect(withoutPrefix(all, '2.')).toEqual({});
});
