import { argumentMessage, assertKnownOptions } from '@adlib/core';
import { readMask, type MapLike } from './maps.js';

/** Which neighbours belong together: 8 = edges and corners, 4 = edges only. */
export type Connectivity = 4 | 8;

/** Options of {@link connectedRegions}. */
export interface ConnectedRegionsOptions {
  /** Which neighbours belong together. @defaultValue 8 */
  connectivity?: Connectivity;
}

/** One connected region of a mask. */
export interface Region {
  /** Its number in the label image, from 1. */
  label: number;
  /** Pixels. */
  area: number;
  /** First row of its bounding box. */
  top: number;
  /** First column of its bounding box. */
  left: number;
  /** Rows of its bounding box, in pixels. */
  height: number;
  /** Columns of its bounding box, in pixels. */
  width: number;
}

/** Result of {@link connectedRegions}. */
export interface ConnectedRegions {
  /** Row-major label of each pixel: 0 = no region, else {@link Region.label}. */
  labels: Int32Array;
  /** The regions, in the order in which a row-by-row scan meets them. */
  regions: Region[];
}

/**
 * Connected regions of a mask, numbered from 1 in the order in which a row-by-row scan meets their first pixel. Only
 * the mask's own pixels belong to a region: holes stay holes. Two passes with union-find, O(pixels).
 *
 * @param mask - 0 or 1, shape `[height, width]`; not modified
 * @param options - which neighbours belong together
 * @returns new label image and list of regions
 * @throws TypeError or RangeError if the mask is not well-formed or has values other than 0 and 1
 * @example
 * ```ts
 * import { connectedRegions } from '@adlib/metrics';
 * const mask = { data: Uint8Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]), width: 3, height: 3 };
 * console.log(connectedRegions(mask).regions.length, connectedRegions(mask, { connectivity: 4 }).regions.length); // 1 3
 * ```
 * @see Rosenfeld and Pfaltz, "Sequential operations in digital picture processing", Journal of the ACM 13(4), 1966
 */
export function connectedRegions(mask: MapLike, options: ConnectedRegionsOptions = {}): ConnectedRegions {
  const { connectivity = 8 } = options;
  assertKnownOptions('connectedRegions', options, ['connectivity']);
  assertConnectivity('connectedRegions', connectivity);
  const { data, width, height } = readMask('connectedRegions', 'mask', mask);
  return labelRegions(data, width, height, connectivity);
}

/**
 * Throws unless the value is 4 or 8.
 *
 * @param fn - caller, for the message
 * @param connectivity - the value
 * @throws RangeError
 */
export function assertConnectivity(fn: string, connectivity: unknown): asserts connectivity is Connectivity {
  if (connectivity !== 4 && connectivity !== 8) {
    throw new RangeError(argumentMessage(fn, 'connectivity', '4 or 8', connectivity));
  }
}

/**
 * The work of {@link connectedRegions} on checked data.
 *
 * @param mask - row-major, 0 or 1
 * @param width - columns
 * @param height - rows
 * @param connectivity - 4 or 8
 * @returns new label image and list of regions
 */
export function labelRegions(
  mask: Uint8Array,
  width: number,
  height: number,
  connectivity: Connectivity,
): ConnectedRegions {
  const labels = new Int32Array(width * height);
  const parent = [0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (mask[i] === 0) continue;
      let label = x > 0 ? labels[i - 1]! : 0;
      if (y > 0) {
        const first = connectivity === 8 && x > 0 ? i - width - 1 : i - width;
        const last = connectivity === 8 && x < width - 1 ? i - width + 1 : i - width;
        for (let j = first; j <= last; j++) {
          if (labels[j]! !== 0) label = label === 0 ? labels[j]! : union(parent, label, labels[j]!);
        }
      }
      if (label === 0) {
        label = parent.length;
        parent.push(label);
      }
      labels[i] = label;
    }
  }
  return { labels, regions: renumber(labels, width, parent) };
}

function find(parent: number[], label: number): number {
  let root = label;
  while (parent[root]! !== root) root = parent[root]!;
  for (let at = label; at !== root;) {
    const next = parent[at]!;
    parent[at] = root;
    at = next;
  }
  return root;
}

function union(parent: number[], a: number, b: number): number {
  const rootA = find(parent, a);
  const rootB = find(parent, b);
  const root = Math.min(rootA, rootB);
  parent[Math.max(rootA, rootB)] = root;
  return root;
}

function renumber(labels: Int32Array, width: number, parent: number[]): Region[] {
  const regions: Region[] = [];
  const numberOf = new Int32Array(parent.length);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0) continue;
    const root = find(parent, labels[i]!);
    const y = Math.floor(i / width);
    const x = i - y * width;
    let region = regions[numberOf[root]! - 1];
    if (region === undefined) {
      region = { label: regions.length + 1, area: 0, top: y, left: x, height: 1, width: 1 };
      regions.push(region);
      numberOf[root] = region.label;
    }
    labels[i] = region.label;
    region.area++;
    const right = Math.max(region.left + region.width, x + 1);
    region.left = Math.min(region.left, x);
    region.width = right - region.left;
    region.height = y + 1 - region.top;
  }
  return regions;
}
