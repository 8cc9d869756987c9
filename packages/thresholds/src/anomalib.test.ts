import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { maxF1 } from './index.js';

interface Golden {
  image: { name: string; scores: number[]; labels: number[]; f1Max: number; f1AdaptiveThreshold: number }[];
  saturated: Golden['image'][0];
}
const url = new URL('../../../fixtures/metrics_anomalib.json', import.meta.url);
const golden = JSON.parse(readFileSync(url, 'utf8')) as Golden;

test.each([...golden.image, golden.saturated])(
  'maxF1 flags with > what F1AdaptiveThreshold of anomalib flags with >=: $name',
  ({ scores, labels, f1Max, f1AdaptiveThreshold }) => {
    const of = (label: number) => scores.filter((_, i) => labels[i] === label);
    const { value, parameters } = maxF1(of(0), of(1));
    expect(Math.abs((parameters['f1'] as number) - f1Max)).toBeLessThan(2e-7); // float32 there
    expect(value).toBeLessThan(f1AdaptiveThreshold);
    expect(scores.filter((s) => s > value)).toHaveLength(scores.filter((s) => s >= f1AdaptiveThreshold).length);
  },
);
