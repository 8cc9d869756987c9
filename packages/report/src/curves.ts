import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { html, type Html, type Part } from './html.js';
import { percent, ratio } from './format.js';
import { drawing, round, xAxis, yAxis, type Area } from './plot.js';

type Point = readonly [x: number, y: number];

const SIZE = { width: 480, height: 400 };
const AREA: Area = { left: 64, right: 464, top: 16, bottom: 340 };

const x = scaleLinear([0, 1], [AREA.left, AREA.right]);
const y = scaleLinear([0, 1], [AREA.bottom, AREA.top]);
const path = line<Point>((p) => x(p[0]), (p) => y(p[1])).digits(2); // prettier-ignore
const fillUnder = area<Point>((p) => x(p[0]), y(0), (p) => y(p[1])).digits(2); // prettier-ignore
const tick = (value: number) => (value === 0 || value === 1 ? String(value) : value.toFixed(1));

/**
 * The points of a curve, without those that are not finite.
 *
 * @param xs - abscissas
 * @param ys - ordinates, as many
 * @returns pairs, in order
 */
export function points(xs: readonly number[], ys: readonly number[]): Point[] {
  return xs
    .map((value, i): Point => [value, ys[i] ?? NaN])
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
}

/** What {@link rocPlot} draws. */
export interface RocPlot {
  /** False-positive rate and true-positive rate of each threshold, ascending, from (0, 0) to (1, 1). */
  curve: readonly Point[];
  /** Area under the curve, in [0, 1]; `null` where it is undefined. */
  auroc: number | null;
  /** False-positive and true-positive rate at the threshold, where both exist. */
  operating?: Point | undefined;
}

/**
 * Receiver operating characteristic: detected share of defective images over wrongly called share of good ones.
 *
 * @param plot - curve, area under it, operating point
 * @returns the drawing
 */
export function rocPlot({ curve, auroc, operating }: RocPlot): Html {
  const at =
    operating === undefined
      ? ''
      : ` At the threshold, ${percent(operating[0])} of good images are called defective and ${percent(operating[1])} of defective ones are.`;
  return drawing({
    id: 'roc',
    ...SIZE,
    title: 'ROC curve over images',
    description: `The curve rises from (0, 0) to (1, 1); the area under it is ${ratio(auroc)}.${at}`,
    body: [
      axes('Good images called defective (false-positive rate)', 'Defective images found (true-positive rate)'),
      html`<line class="chance" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" />
        <path class="curve" d="${path(curve)}" />`,
      operating && operatingPoint(operating),
      note(`AUROC ${ratio(auroc)}`),
    ],
  });
}

function operatingPoint([fpr, tpr]: Point): Html {
  const [cx, cy] = [round(x(fpr)), round(y(tpr))];
  const right = fpr < 0.55;
  return html`<circle class="operating" cx="${cx}" cy="${cy}" r="6" />
    <text
      class="halo"
      x="${cx + (right ? 12 : -12)}"
      y="${cy + (tpr > 0.15 ? 20 : -10)}"
      text-anchor="${right ? 'start' : 'end'}"
      >at the threshold</text
    >`;
}

/** What {@link proPlot} draws. */
export interface ProPlot {
  /** False-positive rate over pixels and mean overlap with the defect regions of each threshold, ascending. */
  curve: readonly Point[];
  /** Area under the curve up to `fprLimit`, divided by it, in [0, 1]; `null` where it is undefined. */
  aupro: number | null;
  /** False-positive rate up to which AUPRO integrates, in (0, 1]. */
  fprLimit: number;
}

/**
 * Per-region overlap over pixels, with the part that AUPRO integrates shaded.
 *
 * @param plot - curve, area under it, limit
 * @returns the drawing
 */
export function proPlot({ curve, aupro, fprLimit }: ProPlot): Html {
  const limit = round(x(fprLimit));
  return drawing({
    id: 'pro',
    ...SIZE,
    title: 'PRO curve over pixels',
    description: `Mean overlap with the defect regions over the share of good pixels marked. AUPRO integrates up to a share of ${fprLimit}, shaded, and is ${ratio(aupro)}.`,
    body: [
      axes('Good pixels marked (false-positive rate)', 'Mean overlap with defect regions (PRO)'),
      html`<path class="shade" d="${fillUnder(upTo(curve, fprLimit))}" />
        <line class="limit" x1="${limit}" x2="${limit}" y1="${AREA.top}" y2="${AREA.bottom}" />
        <path class="curve" d="${path(curve)}" />
        <text
          class="halo"
          x="${limit + (fprLimit < 0.6 ? 6 : -6)}"
          y="${AREA.bottom - 32}"
          text-anchor="${fprLimit < 0.6 ? 'start' : 'end'}"
          >limit ${fprLimit}</text
        >`,
      note(`AUPRO ${ratio(aupro)}`),
    ],
  });
}

/**
 * The part of a curve with x <= limit, its last point interpolated.
 *
 * @param curve - points with ascending x
 * @param limit - the largest x kept
 * @returns the part, its points shared with the curve
 */
export function upTo(curve: readonly Point[], limit: number): Point[] {
  const kept = curve.filter(([at]) => at <= limit);
  const next = curve.find(([at]) => at > limit);
  const last = kept.at(-1);
  if (last === undefined || next === undefined || last[0] === limit) return kept;
  const share = (limit - last[0]) / (next[0] - last[0]);
  return [...kept, [limit, last[1] + share * (next[1] - last[1])]];
}

function axes(xLabel: string, yLabel: string): Part {
  return [
    xAxis({ scale: x, label: xLabel, format: tick }, AREA),
    yAxis({ scale: y, label: yLabel, format: tick }, AREA),
  ];
}

function note(text: string): Html {
  return html`<text class="halo strong" x="${AREA.right - 10}" y="${AREA.bottom - 12}" text-anchor="end"
    >${text}</text
  >`;
}
