import { format } from 'd3-format';

const fourDigits = format('.4~g');
const allFourDigits = format('.4g');
const twoPlaces = format('.2f');
const threePlaces = format('.3f');
const onePlacePercent = format('.1f');
const grouped = format(',d');

/** What stands where there is no figure. */
export const NONE = '–';

/**
 * Whether a figure is there: a finite number.
 *
 * @param value - a figure or nothing
 * @returns whether it can be shown
 */
export function isFigure(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/**
 * A figure in [0, 1] with three places, rounded down towards "not perfect": 0.9997 is 0.999, never 1.000.
 *
 * @param value - in [0, 1], or nothing
 * @returns for example `0.847`, or a dash
 */
export function ratio(value: number | null | undefined): string {
  if (!isFigure(value)) return NONE;
  const rounded = threePlaces(value);
  return rounded === '1.000' && value < 1 ? '0.999' : rounded;
}

/**
 * A share as a percentage with one place; 99.97 % is 99.9 %, and 0.02 % is 0.1 %: never rounded to all or nothing.
 *
 * @param value - share in [0, 1], or nothing
 * @returns for example `7.3 %`, or a dash
 */
export function percent(value: number | null | undefined): string {
  if (!isFigure(value)) return NONE;
  const rounded = onePlacePercent(100 * value);
  if (rounded === '100.0' && value < 1) return '99.9 %';
  return rounded === '0.0' && value > 0 ? '0.1 %' : `${rounded} %`;
}

/**
 * A raw score: four significant digits, any size. Infinite and undefined scores are named.
 *
 * @param value - any number, or nothing
 * @returns for example `0.034`, or a dash
 */
export function score(value: number | null | undefined): string {
  if (typeof value !== 'number') return NONE;
  if (Number.isNaN(value)) return 'not a number';
  return Number.isFinite(value) ? fourDigits(value) : value > 0 ? '∞' : '−∞';
}

/**
 * A raw score with all of its four digits, for columns.
 *
 * @param value - any number, or nothing
 * @returns for example `0.03400`, or a dash
 */
export function scoreInColumn(value: number | null | undefined): string {
  return isFigure(value) ? allFourDigits(value) : score(value);
}

/**
 * A factor, `1.46×`.
 *
 * @param value - any number, or nothing
 * @returns the factor, or a dash
 */
export function times(value: number | null | undefined): string {
  if (!isFigure(value)) return NONE;
  return Math.abs(value) < 1000 ? `${twoPlaces(value)}×` : `${score(value)}×`;
}

/**
 * A count with a separator between thousands.
 *
 * @param value - a whole number
 * @returns for example `1,200`
 */
export function count(value: number): string {
  return Number.isFinite(value) ? grouped(Math.round(value)) : NONE;
}

/**
 * A count and its noun: `1 image`, `1,200 images`.
 *
 * @param value - a whole number
 * @param noun - what is counted, singular
 * @param plural - its plural
 * @returns for example `1,200 images`
 */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/**
 * A time span in the unit that suits it.
 *
 * @param value - seconds, or nothing
 * @returns for example `41 ms` or `14 min`, or a dash
 */
export function seconds(value: number | null | undefined): string {
  if (!isFigure(value)) return NONE;
  if (value < 1) return `${format('.3~g')(1000 * value)} ms`;
  if (value < 120) return `${format('.3~g')(value)} s`;
  const minutes = Math.round(value / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Any JSON value on one line, cut where it is very long.
 *
 * @param value - any JSON value
 * @returns at most 300 characters
 */
export function plain(value: unknown): string {
  if (typeof value === 'string') return shorten(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : score(value);
  return shorten(JSON.stringify(value) ?? String(value));
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}
