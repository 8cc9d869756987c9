import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { progressView } from './progress.js';

describe('without a terminal', () => {
  const run = () => {
    let text = '';
    let time = 0;
    const view = progressView({ write: (part: string) => (text += part) }, () => time);
    return { view, at: (ms: number) => (time = ms), text: () => text };
  };

  test('one line at the start of a stage, every five seconds, and at its end', () => {
    const { view, at, text } = run();
    for (let done = 1; done <= 12; done++) {
      at(done * 1000);
      view.onProgress({ stage: 'train', done, total: 12, values: { epoch: done, loss: 0.123456 / done } });
    }
    at(13_000);
    view.onProgress({ stage: 'calibrate', done: 1, total: 1 });
    view.stop();
    expect(text().split('\n')).toEqual([
      'train: 1/12, 0 s, epoch 1, loss 0.1235',
      'train: 6/12, 5 s, epoch 6, loss 0.02058',
      'train: 11/12, 10 s, epoch 11, loss 0.01122',
      'train: 12/12, 12 s, epoch 12, loss 0.01029',
      'calibrate: 1/1, 0 s',
      '',
    ]);
  });

  test('stop twice prints nothing twice, and totals may be unknown', () => {
    const { view, text } = run();
    view.onProgress({ stage: 'score', done: 3 });
    view.stop();
    view.stop();
    expect(text()).toBe('score: 3, 0 s\n');
  });
});

test('on a terminal a bar with the time left, redrawn in place', () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true as const,
    columns: 120,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  const view = progressView(stream);
  view.onProgress({ stage: 'train', done: 5, total: 10, values: { loss: 0.5 } });
  view.onProgress({ stage: 'calibrate', done: 1, total: 2 });
  view.stop();
  const text = String(stream.read());
  expect(text).toContain('train');
  expect(text).toContain('50% | 5/10');
  expect(text).toContain('left');
  expect(text).toContain('loss 0.5');
  expect(text).toContain('calibrate');
});
