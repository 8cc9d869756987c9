import { expect, test } from 'vitest';
import { breathe } from './progress.js';

test('lets a timer that is due run before it resolves', async () => {
  const seen: string[] = [];
  setTimeout(() => seen.push('timer'), 0);
  await breathe();
  seen.push('after');
  expect(seen).toEqual(['timer', 'after']);
});

test('rejects with AbortError when the signal is already aborted, at once', async () => {
  let ran = false;
  const timer = setTimeout(() => (ran = true), 0);
  await expect(breathe(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  expect(ran).toBe(false);
  clearTimeout(timer);
});

test('rejects when the signal is aborted while it waits', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 0);
  await expect(breathe(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test("rejects with the caller's own reason", async () => {
  const reason = new Error('the user closed the window');
  await expect(breathe(AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('resolves for a signal that is not aborted, time after time', async () => {
  const { signal } = new AbortController();
  await expect(breathe(signal)).resolves.toBeUndefined();
  await expect(breathe(signal)).resolves.toBeUndefined();
});
