import { DisposedError } from '@adlib/core';
import { expect, test } from 'vitest';
import { GraphCache } from './graphCache.js';

function graph(name: string, log: string[]) {
  return { name, dispose: () => Promise.resolve(void log.push(`free ${name}`)) };
}
const later = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

test('builds once per key; the least recently used goes first', async () => {
  const log: string[] = [];
  const cache = new GraphCache<ReturnType<typeof graph>>('test', 2);
  const use = (key: string) =>
    cache.use(
      key,
      () => (log.push(`build ${key}`), graph(key, log)),
      ({ name }) => name,
    );
  expect(await Promise.all([use('a'), use('a')])).toEqual(['a', 'a']);
  await use('b');
  await use('a');
  await use('c');
  await later();
  expect(log).toEqual(['build a', 'build b', 'build c', 'free b']);
  expect(cache.size).toBe(2);
  expect(cache.built.map(({ name }) => name)).toEqual(['a', 'c']);
  await cache.close();
  expect(log.slice(4).sort()).toEqual(['free a', 'free c']);
});

test('a graph in use is freed when its last user has finished', async () => {
  const log: string[] = [];
  const cache = new GraphCache<ReturnType<typeof graph>>('test', 1);
  const slow = cache.use('a', () => graph('a', log), async () => (await later(), log.push('used a'))); // prettier-ignore
  await cache.use('b', () => graph('b', log), () => log.push('used b')); // prettier-ignore
  expect(log).toEqual(['used b']);
  await slow;
  const running = cache.use('b', () => graph('b', log), async () => (await later(), log.push('again b'))); // prettier-ignore
  await cache.close();
  expect(log).toEqual(['used b', 'used a', 'free a', 'again b', 'free b']);
  await running;
  await expect(cache.use('b', () => graph('b', log), () => 1)).rejects.toThrow(DisposedError); // prettier-ignore
});

test('a graph that fails to build is forgotten', async () => {
  const cache = new GraphCache<ReturnType<typeof graph>>('test', 2);
  const fail = cache.use('a', () => Promise.reject(new Error('no')), () => 1); // prettier-ignore
  await expect(fail).rejects.toThrow('no');
  expect(cache.size).toBe(0);
  await cache.close();
});
