import { describe, expect, test } from 'vitest';
import { trainingSection } from './provenance.js';
import { trackerPlot } from './tracker.js';

const entry = (metaEpoch: number, realMean: number, saturated = false) => ({
  metaEpoch,
  realMean,
  realSd: 0.2,
  fakeMean: -realMean,
  fakeSd: 0.1,
  saturated,
});

describe('trackerPlot', () => {
  test('both means with their spread, and saturated moments marked', () => {
    const plot = String(trackerPlot([entry(1, 0.1), entry(2, 0.6), entry(3, 1.2, true)]));
    expect(plot.match(/class="band/g)).toHaveLength(2);
    expect(plot.match(/class="curve/g)).toHaveLength(2);
    expect(plot.match(/<circle class="mark"/g)).toHaveLength(1);
    expect(plot).toContain('Saturated at 1 of 3 moments.');
    expect(plot).not.toContain('NaN');
  });

  test('never saturated is said; outputs that are not finite are left out; one moment is no trajectory', () => {
    const plot = String(trackerPlot([entry(1, 0), entry(2, Number.NaN), entry(3, 0)]));
    expect(plot).toContain('Never saturated.');
    expect(plot).not.toContain('NaN');
    expect(trackerPlot([entry(1, 1)])).toContain('No trajectory');
  });
});

test('the training section tells warnings, escaped, and draws the tracker', () => {
  const section = String(trainingSection({ tracker: [entry(1, 0.1), entry(2, 0.6)], warnings: ['Saturated <at> 2.'] }));
  expect(section).toContain('Saturated &lt;at&gt; 2.');
  expect(section).toContain('Never saturated.');
  expect(String(trainingSection({ images: 3 }))).not.toContain('<ul>');
});
