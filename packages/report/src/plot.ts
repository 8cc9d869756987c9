import type { ScaleContinuousNumeric } from 'd3-scale';
import { html, type Html, type Part } from './html.js';

/** An axis of a plot. */
export interface Axis {
  /** Maps values to user units of the drawing. */
  scale: ScaleContinuousNumeric<number, number>;
  /** What the axis shows, with its unit. */
  label: string;
  /** Text of a tick. */
  format: (value: number) => string;
  /** Where to put ticks; the scale's own choice by default. */
  ticks?: readonly number[];
}

/** Where the plotting area lies in a drawing, in user units. */
export interface Area {
  /** Its left border, from the drawing's left. */
  left: number;
  /** Its right border, from the drawing's left. */
  right: number;
  /** Its upper border, from the drawing's top. */
  top: number;
  /** Its lower border, from the drawing's top; larger than `top`. */
  bottom: number;
}

/** A whole plot for the page. */
export interface Plot {
  /** Unique on the page; a word. */
  id: string;
  /** Width of the drawing, in user units. */
  width: number;
  /** Height of the drawing, in user units. */
  height: number;
  /** Name of the plot, read aloud first. */
  title: string;
  /** What is seen, in words, with its figures. */
  description: string;
  /** What is drawn: SVG elements. */
  body: Part;
}

/**
 * A drawing that tells its content in words too. It takes its colours from the page and scales with it.
 *
 * @param plot - size, words and content
 * @returns the drawing
 */
export function drawing({ id, width, height, title, description, body }: Plot): Html {
  return html`<svg
    class="plot"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-labelledby="${id}-title ${id}-desc"
    font-size="14"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${body}
  </svg>`;
}

/**
 * Horizontal axis under the plotting area: grid lines, ticks and label.
 *
 * @param axis - scale, label and ticks
 * @param area - the plotting area
 * @returns the axis
 */
export function xAxis({ scale, label, format, ticks }: Axis, { left, right, top, bottom }: Area): Html {
  const marks = (ticks ?? scale.ticks(6)).map((tick) => {
    const x = round(scale(tick));
    return html`${x > left + 1 && html`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" />`}
      <text class="tick" x="${x}" y="${bottom + 18}" text-anchor="middle">${format(tick)}</text>`;
  });
  return html`<g>
    ${marks}
    <line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}" />
    <text x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle">${label}</text>
  </g>`;
}

/**
 * Vertical axis left of the plotting area.
 *
 * @param axis - scale, label and ticks
 * @param area - the plotting area
 * @returns the axis
 */
export function yAxis({ scale, label, format, ticks }: Axis, { left, right, top, bottom }: Area): Html {
  const marks = (ticks ?? scale.ticks(5)).map((tick) => {
    const y = round(scale(tick));
    return html`${y < bottom - 1 && html`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}" />`}
      <text class="tick" x="${left - 8}" y="${y + 5}" text-anchor="end">${format(tick)}</text>`;
  });
  const x = 16;
  const y = (top + bottom) / 2;
  return html`<g>
    ${marks}
    <line class="axis" x1="${left}" x2="${left}" y1="${top}" y2="${bottom}" />
    <text x="${x}" y="${y}" text-anchor="middle" transform="rotate(-90 ${x} ${y})">${label}</text>
  </g>`;
}

/**
 * A coordinate with two places: a hundredth of a pixel is enough.
 *
 * @param value - user units
 * @returns the value with two places
 */
export function round(value: number): number {
  return Math.round(100 * value) / 100;
}

/**
 * A plot with its caption, or the reason why there is none.
 *
 * @param content - the plot, or why there is none
 * @param caption - what is seen
 * @returns the figure
 */
export function figure(content: Html | string, caption: Part): Html {
  const body = typeof content === 'string' ? html`<p class="absent">${content}</p>` : content;
  return html`<figure>
    ${body}
    <figcaption>${caption}</figcaption>
  </figure>`;
}
