import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { EvaluationResults } from '@adlib/pipeline';
import { count, counted, isFigure, plain, score, seconds } from './format.js';
import { html, type Html, type Part } from './html.js';
import { trackerPlot, type TrackedOutputs } from './tracker.js';
import { drawing, figure, xAxis, yAxis, type Area } from './plot.js';

/** Loss at one point of training. */
export interface TrainingStep {
  /** Number of the epoch or step. */
  step: number;
  /** Loss on the training images. */
  loss: number;
  /** Loss on the held-out good images. */
  validationLoss?: number;
}

/** What is to be told of the training; every part may be left out. */
export interface TrainingSummary {
  /** Good images trained on. */
  images?: number;
  /** Good images held out for early stopping. */
  validationImages?: number;
  /** Wall time. */
  seconds?: number;
  /** What `history` counts. @defaultValue 'epoch' */
  unit?: 'epoch' | 'step';
  /** Losses in order, drawn as a curve. */
  history?: readonly TrainingStep[];
  /** A discriminator's outputs in order, drawn with their spread. */
  tracker?: readonly TrackedOutputs[];
  /** What the detector itself says about its training. */
  warnings?: readonly string[];
}

/**
 * How the detector was trained: facts and loss curve.
 *
 * @param training - what is to be told
 * @returns the section
 */
export function trainingSection(training: TrainingSummary): Html {
  const {
    images,
    validationImages,
    seconds: time,
    unit = 'epoch',
    history = [],
    tracker = [],
    warnings = [],
  } = training;
  const facts = factList([
    ['Good images trained on', images],
    ['Good images held out', validationImages],
    ['Wall time', isFigure(time) ? seconds(time) : undefined],
    [unit === 'epoch' ? 'Epochs' : 'Steps', history.at(-1)?.step],
  ]);
  return html`<section id="training">
    <h2>Training</h2>
    ${
      warnings.length > 0 &&
      html`<ul>
        ${warnings.map((warning) => html`<li><bdi>${warning}</bdi></li>`)}
      </ul>`
    }
    <div class="columns">
      <div>${facts}</div>
      ${history.length > 1 && figure(lossPlot(history, unit), 'Loss while training.')}
      ${tracker.length > 1 && figure(trackerPlot(tracker), "The discriminator's outputs for held-out real features and for fake ones.")}
    </div>
  </section>`;
}

const AREA: Area = { left: 80, right: 464, top: 16, bottom: 260 };

function lossPlot(history: readonly TrainingStep[], unit: string): Html | string {
  const train = history.map(({ step, loss }): [number, number] => [step, loss]);
  const held = history.map(({ step, validationLoss }): [number, number] => [step, validationLoss ?? NaN]);
  const finite = (points: [number, number][]) => points.filter((p) => p.every(Number.isFinite));
  const all = finite([...train, ...held]);
  if (all.length === 0) return 'No loss curve: no loss is a finite number.';
  const [low, high] = extent(all, (p) => p[1]) as [number, number];
  const log = low > 0 && high > 10 * low;
  const x = scaleLinear(extent(all, (p) => p[0]) as [number, number], [AREA.left, AREA.right]);
  const y = (log ? scaleLog() : scaleLinear()).domain(low < high ? [low, high] : [low - 1, high + 1]).range([AREA.bottom, AREA.top]).nice(); // prettier-ignore
  const path = line((p) => x(p[0]), (p) => y(p[1])).digits(2); // prettier-ignore
  const validated = finite(held);
  const last = validated.at(-1);
  return drawing({
    id: 'loss',
    width: 480,
    height: 320,
    title: 'Loss while training',
    description: `Training loss from ${score(train[0]?.[1])} to ${score(train.at(-1)?.[1])}${last ? `, loss on held-out images at the end ${score(last[1])}` : ''}.`, // prettier-ignore
    body: [
      xAxis({ scale: x, label: unit === 'epoch' ? 'Epoch' : 'Step', format: count, ticks: x.ticks(6).filter(Number.isInteger) }, AREA),
      yAxis({ scale: y, label: log ? 'Loss (logarithmic axis)' : 'Loss', format: score, ticks: log ? logTicks(y.ticks()) : y.ticks(5) }, AREA),
      html`<path class="curve" d="${path(finite(train))}" />`,
      last && html`<path class="curve second" d="${path(validated)}" />`,
      html`<text class="halo" x="${AREA.right - 8}" y="${AREA.top + 16}" text-anchor="end">solid: training${last && '; dashed: held out'}</text>`,
    ], // prettier-ignore
  });
}

/** Ticks at 1, 2 and 5 of each decade, or at 1 alone where there are many decades. */
function logTicks(ticks: readonly number[]): number[] {
  const digit = (v: number) => Number(v.toExponential()[0]);
  const few = ticks.filter((v) => [1, 2, 5].includes(digit(v)));
  return few.length <= 8 ? few : ticks.filter((v) => digit(v) === 1);
}

/**
 * Everything needed to find out later what this report is of.
 *
 * @param results - the evaluation
 * @returns the section
 */
export function provenanceSection(results: EvaluationResults): Html {
  const { detector, data, provenance, seconds: time, counts, schema } = results;
  const options = Object.entries(detector.options).map(([name, value]): Fact => [`option ${name}`, plain(value)]);
  return html`<section id="provenance">
    <h2>Provenance</h2>
    <div class="columns">
      <div>${factList([
        ['Detector', detector.kind],
        ...options,
      ])}</div>
      <div>${factList([
        ['Data', data.name],
        ['Hash of the test images', data.testHash],
        ...Object.entries(provenance).map(([name, value]): Fact => [name, plain(value)]),
        ['Scoring', `${seconds(time.scoring)} for ${counted(counts.images, 'image')}`],
        ['Metrics', seconds(time.metrics)],
        ['Form of the results', schema],
      ])}</div>
    </div>
  </section>`; // prettier-ignore
}

type Fact = readonly [name: string, value: string | number | undefined];

function factList(list: readonly Fact[]): Part {
  const rows = list.filter(([, value]) => value !== undefined);
  if (rows.length === 0) return null;
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt><bdi>${name}</bdi></dt>
          <dd><bdi>${value}</bdi></dd>
        </div>`,
    )}
  </dl>`;
}
