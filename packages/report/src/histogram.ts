import { bin, extent, max, median, range } from 'd3-array';
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';
import type { EvaluationResults } from '@adlib/pipeline';
import { count, counted, isFigure, score } from './format.js';
import { html, raw, type Html, type Part } from './html.js';
import { drawing, round, xAxis, yAxis, type Area } from './plot.js';

const WIDTH = 960;
const LEFT = 64;
const RIGHT = 940;
const PANELS: Readonly<Record<'good' | 'defective', Area>> = {
  good: { left: LEFT, right: RIGHT, top: 40, bottom: 160 },
  defective: { left: LEFT, right: RIGHT, top: 196, bottom: 316 },
};
const HEIGHT = 370;
const BINS = 48;

/** Hatching that can be told from a plain fill in black and white. */
const HATCH = raw(
  '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><rect class="hatch-line" width="3" height="6"/></pattern>',
);

type Scale = ScaleContinuousNumeric<number, number>;

/**
 * Image scores as one histogram per class over a shared axis, with the threshold and its review band. The axis is
 * logarithmic where the scores span orders of magnitude.
 *
 * @param results - images and threshold of an evaluation
 * @returns the drawing, or a sentence why there is none
 */
export function histogram({ images, threshold }: Pick<EvaluationResults, 'images' | 'threshold'>): Html | string {
  const finite = images.filter((image) => Number.isFinite(image.score));
  if (finite.length === 0) return 'No histogram: no test image has a finite score.';
  const scores = finite.map((image) => image.score);
  const { scale, log } = scoreScale(scores, [threshold.lower, threshold.value].filter(isFigure));
  const split = (label: 'good' | 'defective') => finite.filter((i) => i.label === label).map((i) => i.score);
  const parts = { good: split('good'), defective: split('defective') };
  const edges = range(1, BINS).map((i) => scale.invert(LEFT + (i / BINS) * (RIGHT - LEFT)));
  const label = `Image score (raw units of the detector${log ? ', logarithmic axis' : ''})`;
  const axis = { scale, label, format: tickFormat(scale, log), ...(log && { ticks: logTicks(scale) }) };
  return drawing({
    id: 'histogram',
    width: WIDTH,
    height: HEIGHT,
    title: 'Histogram of image scores by class',
    description: describe(parts, threshold.value),
    body: [
      html`<defs>${HATCH}</defs>`,
      band(scale, threshold.lower, threshold.value),
      panel('good', parts.good, scale, edges),
      panel('defective', parts.defective, scale, edges),
      xAxis({ ...axis }, { ...PANELS.defective, top: PANELS.good.top }),
      thresholdLine(scale, threshold.value),
      headings(parts, scale, threshold.value),
    ],
  });
}

function describe(parts: Readonly<Record<'good' | 'defective', number[]>>, limit: number): string {
  const say = (name: string, values: number[]) => {
    if (values.length === 0) return `no ${name} image`;
    const above = values.filter((v) => v > limit).length;
    return `${counted(values.length, `${name} image`)} with scores from ${score(Math.min(...extent(values) as [number, number]))} to ${score(max(values))}, median ${score(median(values))}, ${count(above)} above the threshold`; // prettier-ignore
  };
  return `${say('good', parts.good)}; ${say('defective', parts.defective)}. The threshold is ${score(limit)}.`;
}

/** A scale that holds all scores, and the limits where they do not lie far away. */
function scoreScale(scores: readonly number[], limits: readonly number[]): { scale: Scale; log: boolean } {
  const [low, high] = extent(scores) as [number, number];
  const near = limits.filter((v) => v >= low - 2 * (high - low) && v <= high + 2 * (high - low));
  const [from, to] = extent([low, high, ...near]) as [number, number];
  const log = from > 0 && to > 100 * from && high > 20 * median(scores)!;
  if (log) return { scale: scaleLog([from / 1.2, to * 1.2], [LEFT, RIGHT]), log };
  const margin = 0.03 * (to - from) || 0.1 * Math.abs(to) || 1;
  return { scale: scaleLinear([from - margin, to + margin], [LEFT, RIGHT]), log };
}

function tickFormat(scale: Scale, log: boolean): (value: number) => string {
  return log ? score : scale.tickFormat(8);
}

function logTicks(scale: Scale): number[] {
  const decades = scale.ticks().filter((v) => Number.isInteger(Math.round(1e9 * Math.log10(v)) / 1e9));
  const step = Math.ceil(decades.length / 8);
  return decades.length >= 2 ? decades.filter((_, i) => i % step === 0) : scale.ticks(4);
}

function panel(name: 'good' | 'defective', values: readonly number[], scale: Scale, edges: readonly number[]): Part {
  const box = PANELS[name];
  const domain = scale.domain() as [number, number];
  const bins = bin()
    .domain(domain)
    .thresholds([...edges])(values);
  const top = max(bins, (b) => b.length) || 1;
  const y = scaleLinear([0, top], [box.bottom, box.top]);
  const ticks = top <= 3 ? range(0, top + 1) : y.ticks(3).filter(Number.isInteger);
  const bars = bins.flatMap((b) => {
    if (b.length === 0) return [];
    const [left, right] = [round(scale(b.x0!)), round(scale(b.x1!))];
    const height = round(box.bottom - y(b.length));
    return html`<rect x="${left}" y="${round(y(b.length))}" width="${round(right - left)}" height="${height}" />`;
  });
  return html`${yAxis({ scale: y, label: 'Images', format: count, ticks }, box)}
    <line class="axis" x1="${box.left}" x2="${box.right}" y1="${box.bottom}" y2="${box.bottom}" />
    <g class="bars-${name}">${bars}</g>`;
}

/** Names of the two panels, on the side where the threshold is not. */
function headings(parts: Readonly<Record<'good' | 'defective', number[]>>, scale: Scale, limit: number): Part {
  const left = scale(limit) > (LEFT + RIGHT) / 2;
  const place = left ? { x: LEFT + 8, anchor: 'start' } : { x: RIGHT, anchor: 'end' };
  return (['good', 'defective'] as const).map((name) => {
    const text = `${name === 'good' ? 'Good' : 'Defective'}: ${counted(parts[name].length, 'image')}`;
    return html`<text class="halo strong" x="${place.x}" y="${PANELS[name].top - 8}" text-anchor="${place.anchor}"
      >${text}</text
    >`;
  });
}

function thresholdLine(scale: Scale, value: number): Part {
  if (!Number.isFinite(value)) return null;
  const [low, high] = scale.domain() as [number, number];
  const x = round(Math.min(Math.max(scale(value) || LEFT, LEFT), RIGHT));
  const outside = value < low || value > high;
  const anchor = x > (LEFT + RIGHT) / 2 ? 'end' : 'start';
  const text = outside
    ? `threshold ${score(value)}, ${value < low ? 'left' : 'right'} of this axis`
    : `threshold ${score(value)}`;
  return html`${!outside && html`<line class="threshold" x1="${x}" x2="${x}" y1="22" y2="${PANELS.defective.bottom}" />`}
    <text class="halo" x="${x}" y="16" text-anchor="${anchor}">${text}</text>`;
}

function band(scale: Scale, lower: number | undefined, value: number): Part {
  if (!isFigure(lower) || !isFigure(value)) return null;
  const clamp = (v: number) => Math.min(Math.max(scale(v) || LEFT, LEFT), RIGHT);
  const [left, right] = [round(clamp(lower)), round(clamp(value))];
  return html`<rect
    class="band"
    x="${left}"
    y="${PANELS.good.top}"
    width="${round(right - left)}"
    height="${PANELS.defective.bottom - PANELS.good.top}"
    ><title>review band</title></rect
  >`;
}
