import { scaleLinear } from 'd3-scale';
import { colorTable, LEVELS, opacityTable, type Colormap } from './colormap.js';
import { score } from './format.js';
import { OPACITY } from './heatmap.js';
import { html, type Html } from './html.js';
import { drawing, round } from './plot.js';

const WIDTH = 480;
const LEFT = 16;
const RIGHT = 464;
const STOPS = 16;

/**
 * The key to the heat maps' colours: a bar with ticks and the unit.
 *
 * @param range - values of the first and the last colour, raw units
 * @param colormap - the scale
 * @param clipped - whether some values lie above the range
 * @returns the drawing
 */
export function colorBar(range: readonly [number, number], colormap: Colormap, clipped: boolean): Html {
  const table = colorTable(colormap);
  const opacities = opacityTable(OPACITY);
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => {
    const level = Math.round((i / STOPS) * (LEVELS - 1));
    const color = `rgb(${table.subarray(3 * level, 3 * level + 3).join(' ')})`;
    return html`<stop offset="${round(i / STOPS)}" stop-color="${color}" stop-opacity="${round(opacities[level]!)}" />`;
  });
  const flat = !(range[1] > range[0]);
  const scale = scaleLinear(range, [LEFT, RIGHT]);
  const ticks = (flat ? [range[0]] : scale.ticks(5)).map((tick) => {
    const x = round(flat ? LEFT : scale(tick));
    return html`<line class="axis" x1="${x}" x2="${x}" y1="22" y2="28" />
      <text class="tick" x="${x}" y="44" text-anchor="middle">${flat ? score(tick) : scale.tickFormat(5)(tick)}</text>`;
  });
  const ends = `from ${score(range[0])} to ${score(range[1])}`;
  return drawing({
    id: 'color-bar',
    width: WIDTH,
    height: 72,
    title: 'Colour scale of the heat maps',
    description: `Colours grow lighter ${ends}${clipped ? '; higher values have the last colour' : ''}.`,
    body: html`<defs><linearGradient id="heat">${stops}</linearGradient></defs>
      <rect x="${LEFT}" y="4" width="${RIGHT - LEFT}" height="18" fill="#808080" />
      <rect class="outline" x="${LEFT}" y="4" width="${RIGHT - LEFT}" height="18" fill="url(#heat)" />
      ${ticks}
      <text x="${LEFT}" y="66"
        >Anomaly map, raw units of the detector${clipped && html` (≥ ${score(range[1])}: last colour)`}</text
      >`,
  });
}
