import { max, min } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { count, score } from './format.js';
import { html, type Html } from './html.js';
import { drawing, xAxis, yAxis, type Area } from './plot.js';

/** What a discriminator said of real and fake features at one moment of its training. */
export interface TrackedOutputs {
  /** Moment, counted from 1. */
  metaEpoch: number;
  /** Mean output for held-out real features. */
  realMean: number;
  /** Standard deviation for real features. */
  realSd: number;
  /** Mean output for fake features. */
  fakeMean: number;
  /** Standard deviation for fake features. */
  fakeSd: number;
  /** Whether fakes were told from real features without fail, so that outputs may say nothing of defects. */
  saturated: boolean;
}

const AREA: Area = { left: 80, right: 464, top: 16, bottom: 260 };

/**
 * Mean and spread of a discriminator's outputs over its training; moments of saturation are marked.
 *
 * @param entries - in order, two or more
 * @returns the drawing
 */
export function trackerPlot(entries: readonly TrackedOutputs[]): Html | string {
  const known = entries.filter((e) => [e.realMean, e.realSd, e.fakeMean, e.fakeSd].every(Number.isFinite));
  if (known.length < 2) return 'No trajectory: fewer than two moments have finite outputs.';
  const low = min(known, (e) => Math.min(e.realMean - e.realSd, e.fakeMean - e.fakeSd))!;
  const high = max(known, (e) => Math.max(e.realMean + e.realSd, e.fakeMean + e.fakeSd))!;
  const x = scaleLinear([known[0]!.metaEpoch, known.at(-1)!.metaEpoch], [AREA.left, AREA.right]);
  const y = scaleLinear(low < high ? [low, high] : [low - 1, high + 1], [AREA.bottom, AREA.top]).nice();
  const curve = (value: (e: TrackedOutputs) => number) =>
    line<TrackedOutputs>((e) => x(e.metaEpoch), (e) => y(value(e))).digits(2)(known)!; // prettier-ignore
  const band = (mean: (e: TrackedOutputs) => number, sd: (e: TrackedOutputs) => number) =>
    area<TrackedOutputs>((e) => x(e.metaEpoch), (e) => y(mean(e) - sd(e)), (e) => y(mean(e) + sd(e))).digits(2)(known)!; // prettier-ignore
  const saturated = known.filter((e) => e.saturated);
  const [first, last] = [known[0]!, known.at(-1)!];
  const told = saturated.length === 0 ? 'Never saturated.' : `Saturated at ${count(saturated.length)} of ${count(known.length)} moments.`; // prettier-ignore
  return drawing({
    id: 'tracker',
    width: 480,
    height: 320,
    title: "The discriminator's outputs while training",
    description: `Real features from ${score(first.realMean)} to ${score(last.realMean)}, fake ones from ${score(first.fakeMean)} to ${score(last.fakeMean)}. ${told}`,
    body: [
      xAxis({ scale: x, label: 'Meta-epoch', format: count, ticks: x.ticks(6).filter(Number.isInteger) }, AREA),
      yAxis({ scale: y, label: 'Output', format: score, ticks: y.ticks(5) }, AREA),
      html`<path class="band" d="${band((e) => e.realMean, (e) => e.realSd)}" />`,
      html`<path class="band second" d="${band((e) => e.fakeMean, (e) => e.fakeSd)}" />`,
      html`<path class="curve" d="${curve((e) => e.realMean)}" />`,
      html`<path class="curve second" d="${curve((e) => e.fakeMean)}" />`,
      saturated.map((e) => html`<circle class="mark" cx="${x(e.metaEpoch).toFixed(1)}" cy="${y(e.realMean).toFixed(1)}" r="4" />`),
      html`<text class="halo" x="${AREA.right - 8}" y="${AREA.top + 16}" text-anchor="end">solid: real; dashed: fake; bands: ±1 sd${saturated.length > 0 && '; dots: saturated'}</text>`,
    ], // prettier-ignore
  });
}
