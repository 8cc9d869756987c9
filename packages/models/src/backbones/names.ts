import type { WeightNames } from './backbone.js';
import { declare } from './declare.js';
import { rawShapes } from './fold.js';
import type { Stage } from './network.js';

/** Names of all tensors of an architecture, in the order of use. */
function tensorNames(stages: readonly Stage[]): string[] {
  return Object.keys(rawShapes(declare(stages).flatMap(({ parts }) => parts)));
}

/**
 * Another library's names of the tensors of one architecture.
 *
 * @param own - the architecture under the backbone's names
 * @param other - the same under the library's
 * @param epsilon - what the library adds to variances
 * @returns the names; both architectures are built when the first is asked for
 */
export function namesOf(own: () => readonly Stage[], other: () => readonly Stage[], epsilon: number): WeightNames {
  let names: Map<string, string> | undefined;
  return {
    rename: (name) => {
      if (names === undefined) {
        const others = tensorNames(other());
        names = new Map(tensorNames(own()).map((mine, i) => [mine, others[i]!]));
      }
      return names.get(name) ?? name;
    },
    epsilon,
  };
}

/**
 * Names that are others' after some replacements.
 *
 * @param replacements - beginning of a name, and what stands there instead
 * @returns the names
 */
export function replaced(replacements: Readonly<Record<string, string>>): WeightNames {
  return {
    rename: (name) => {
      const start = Object.keys(replacements).find((key) => name.startsWith(key));
      return start === undefined ? name : replacements[start]! + name.slice(start.length);
    },
  };
}

/**
 * Names that count convolutions in the order of use, as MXNet's model zoo and the ONNX files made from it do.
 *
 * @param stages - the architecture
 * @param prefix - what stands before the number
 * @returns the names
 */
export function counted(stages: () => readonly Stage[], prefix: string): WeightNames {
  let layers: string[] | undefined;
  return {
    rename: (name) => {
      layers ??= [...new Set(tensorNames(stages()).map((tensor) => tensor.replace(/\.[^.]+$/, '')))];
      const field = name.slice(name.lastIndexOf('.') + 1);
      return `${prefix}${layers.indexOf(name.slice(0, -field.length - 1))}_${field}`;
    },
  };
}
