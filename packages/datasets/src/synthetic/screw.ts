import type { Random } from '@adlib/core';
import { smoothstep, type Part } from './canvas.js';

const head = [-0.4, -0.32] as const;
const threadStart = -0.17;
const tip = [0.3, 0.41] as const;
const pitch = 0.066;

/**
 * A screw seen from the side on a bright plate: pan head, smooth neck, thread, pointed tip, lit from above.
 *
 * @param random - draws pose (turn, shift, size) and light
 * @param rotation - largest turn either way, in degrees
 * @param softness - width of an edge in units of the shorter side: one pixel
 * @returns the part
 */
export function screw(random: Random, rotation: number, softness: number): Part {
  const turn = (random.uniform(-rotation, rotation) * Math.PI) / 180 + Math.PI / 5;
  const size = random.uniform(0.98, 1.02);
  const [cos, sin] = [Math.cos(turn) / size, Math.sin(turn) / size];
  const [shiftX, shiftY] = [random.uniform(-0.015, 0.015), random.uniform(-0.015, 0.015)];
  const light = random.uniform(-0.5, -0.4);
  const [lightV, lightZ] = [Math.sin(light), Math.cos(light)];
  const gain = random.uniform(0.95, 1.05);
  const [slopeX, slopeY] = [random.uniform(-0.06, 0.06), random.uniform(-0.06, 0.06)];
  const edge = softness;
  const covered = (u: number, v: number): number => 0.5 - Math.max(Math.abs(v) - radius(u, v), head[0] - u) / edge;
  const place = (u: number, v: number): readonly [number, number] => [
    (u * cos - v * sin) * size * size + shiftX,
    (u * sin + v * cos) * size * size + shiftY,
  ];
  return {
    channels: 1,
    paint(x, y, out) {
      const dx = x - shiftX;
      const dy = y - shiftY;
      const u = dx * cos + dy * sin;
      const v = dy * cos - dx * sin;
      const lit = gain * (1 + slopeX * x + slopeY * y - 0.12 * (x * x + y * y));
      const part = covered(u, v);
      const cover = part < 0 ? 0 : part > 1 ? 1 : part;
      out[0] = cover;
      out[1] = 0.8 * lit * shadow(u, v);
      out[2] = cover > 0 ? lit * metal(u, v, lightV, lightZ) : out[1];
    },
    inside(source) {
      const u = source.uniform(-0.38, 0.3);
      return place(u, source.uniform(-0.6, 0.6) * core(u));
    },
    edge(source) {
      const u = source.uniform() < 0.3 ? source.uniform(-0.39, -0.34) : source.uniform(threadStart, tip[1] - 0.05);
      return place(u, (source.uniform() < 0.5 ? -1 : 1) * core(u));
    },
  };
}

/** What the part leaves of the light on the plate beside it. */
function shadow(u: number, v: number): number {
  if (u < -0.44 || u > 0.44 || Math.abs(v) > 0.25) return 1;
  const beside = Math.abs(v - 0.03) - radius(u - 0.015, v);
  return 1 - 0.3 * smoothstep(0.06, -0.02, beside) * smoothstep(-0.44, -0.38, u) * smoothstep(0.44, 0.38, u);
}

/** Half the width without thread, at a place along the axis. */
function core(u: number): number {
  if (u < head[1]) {
    const t = (head[1] - u) / (head[1] - head[0]);
    return 0.15 * Math.sqrt(Math.max(0, 1 - 0.6 * t * t));
  }
  if (u > tip[0]) return Math.max(0, (0.06 * (tip[1] - u)) / (tip[1] - tip[0]));
  return 0.06;
}

/** Half the width at a place along the axis, on the side of `v`: the thread climbs half a pitch from side to side. */
function radius(u: number, v: number): number {
  if (u < threadStart || u > tip[1]) return u > tip[1] ? -1 : core(u);
  const phase = u / pitch + (v > 0 ? 0.5 : 0);
  const tooth = Math.abs(2 * (phase - Math.floor(phase)) - 1);
  return core(u) + 0.026 * tooth * smoothstep(tip[1], tip[0], u) * smoothstep(threadStart, threadStart + 0.03, u);
}

/** Brightness of the surface: a cylinder under a lamp, with the thread's flanks. */
function metal(u: number, v: number, lightV: number, lightZ: number): number {
  const outer = u > threadStart ? core(u) + 0.026 : core(u);
  const n = Math.min(Math.max(v / (outer + 1e-6), -1), 1);
  const nz = Math.sqrt(1 - n * n);
  const facing = Math.max(0, n * lightV + nz * lightZ);
  const shine = facing * facing;
  const gloss = shine * shine * shine * shine;
  let value = 0.14 + 0.34 * facing + 0.24 * gloss * gloss;
  if (u > threadStart && u < tip[1]) {
    // The thread crosses the body at a slant.
    const flank = Math.sin(2 * Math.PI * (u / pitch + 0.25 * (1 + n)));
    value *= 1 + 0.3 * flank * smoothstep(threadStart, threadStart + 0.03, u);
  } else if (u < head[1]) {
    value *= 1 + 0.12 * smoothstep(head[1] - 0.02, head[1], u) + 0.18 * smoothstep(head[0] + 0.03, head[0], u);
  }
  return value;
}
