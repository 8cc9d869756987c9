import { argumentMessage, type DetectorState, type LongCallOptions, type PrepareOptions } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { Learned } from '../components/networkDetector.js';
import type { ScoringFunction, ScoringParts } from '../components/networkScorer.js';
import { withoutPrefix, withPrefix } from '../components/prefix.js';

/**
 * What the members of an ensemble learned as one: their tensors with the member's number before the name.
 *
 * @param parts - what each learned from the same pictures
 * @returns all tensors; numbers of patches are sums, and `facts.members` has those of each
 */
export function joinLearned(parts: readonly Learned[]): Learned {
  const facts = parts.map((part) => part.facts);
  const sum = (name: string) => facts.reduce((total, each) => total + (each[name] as number), 0);
  const { images, seed } = facts[0]!;
  return {
    tensors: prefixed(parts.map(({ tensors }) => tensors)),
    facts: { images, patches: sum('patches'), bank: sum('bank'), thinned: sum('thinned'), seed, members: facts },
  };
}

/**
 * What one member learned.
 *
 * @param learned - what {@link joinLearned} joined
 * @param index - the member
 * @returns its tensors, not copied, and its facts
 */
export function learnedOf({ tensors, facts }: Learned, index: number): Learned {
  return { tensors: ownOf(tensors, index), facts: (facts['members'] as Learned['facts'][])[index]! };
}

/**
 * The tensors of an ensemble's state, restored by its members.
 *
 * @param fn - caller, for messages
 * @param saved - the ensemble's state
 * @param count - its members
 * @param restore - takes a state as a member itself would have saved it; gives its tensors
 * @returns all tensors
 * @throws RangeError for a state of other members; what `restore` throws
 */
export function restoreMembers(
  fn: string,
  saved: DetectorState,
  count: number,
  restore: (state: DetectorState, index: number) => Readonly<Record<string, HostTensor>>,
): Record<string, HostTensor> {
  const { backbones } = saved.options as { backbones?: readonly object[] };
  const { images, members } = saved.facts as { images?: unknown; members?: readonly DetectorState['facts'][] };
  if (!Array.isArray(backbones) || backbones.length !== count) {
    throw new RangeError(argumentMessage(fn, 'state.options.backbones', `a list of ${count}`, backbones));
  }
  const told: readonly (DetectorState['facts'] | undefined)[] = Array.isArray(members) ? members : [];
  const same = told.length === count && told.every((own) => own?.['images'] === images);
  if (!same) {
    throw new RangeError(
      argumentMessage(fn, 'state.facts.members', 'facts of each backbone, on the same images', members),
    );
  }
  return prefixed(
    told.map((facts = {}, i) => {
      const options = { ...saved.options, ...(backbones[i] as object) };
      return restore({ kind: saved.kind, options, facts, tensors: ownOf(saved.tensors, i) }, i);
    }),
  );
}

/**
 * Tensors of several members by name.
 *
 * @param each - tensors of each
 * @returns all of them, `0.` before those of the first
 */
function prefixed<T>(each: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...each.map((own, i) => withPrefix(own, `${i}.`))) as Record<string, T>;
}

function ownOf<T>(all: Readonly<Record<string, T>>, index: number): Record<string, T> {
  return withoutPrefix(all, `${index}.`);
}

/**
 * Progress of one member under stages of its own.
 *
 * @param long - progress and cancellation of all
 * @param index - the member
 * @returns those of the member
 */
export function memberProgress({ onProgress, signal }: LongCallOptions, index: number): LongCallOptions {
  return {
    ...(onProgress && {
      onProgress: (event) => onProgress({ ...event, stage: `backbone ${index + 1}: ${event.stage}` }),
    }),
    ...(signal && { signal }),
  };
}

/** One member as {@link combineScores} needs it. */
export interface ScoringMember {
  /** How it scores. */
  readonly parts: ScoringParts;
  /** What its scores and maps are divided by. */
  readonly scale: number;
  /** The normalisation of its backbone. */
  readonly prepare: Pick<PrepareOptions, 'mean' | 'std'>;
}

/**
 * The mean of the members' scores and maps, each divided by the member's scale.
 *
 * Amazon's ensembles average scores and maps after each member's are brought to [0, 1] by the least and the largest of the
 * test set. One picture has no test set, and a threshold must not depend on one: here the scale is what was learned. The
 * least needs not be subtracted, which would shift all scores alike.
 *
 * @param members - at least one
 * @returns how the ensemble scores pictures that are normalised for the first member
 * @see amazon-science/patchcore-inspection, bin/run_patchcore.py, lines on `min_scores` and `max_scores`
 */
export function combineScores(members: readonly ScoringMember[]): ScoringParts {
  const score: ScoringFunction = (x, fed) => {
    const results = members.map(({ parts, scale, prepare }, i) => {
      const own = parts.score(renormalised(x, members[0]!.prepare, prepare), ownOf(fed, i));
      return { score: tf.div(own.score, scale), map: tf.div(own.map, scale) };
    });
    const mean = (values: tf.Tensor[]) => tf.div(tf.addN(values), values.length);
    return { score: mean(results.map((each) => each.score)), map: mean(results.map(({ map }) => map)) };
  };
  return { score, fed: prefixed(members.map(({ parts }) => parts.fed)) };
}

/** Pictures that are normalised in one way, normalised in another. */
function renormalised(x: tf.Tensor4D, from: ScoringMember['prepare'], to: ScoringMember['prepare']): tf.Tensor4D {
  if (JSON.stringify(from) === JSON.stringify(to)) return x;
  const [mean, std, otherMean, otherStd] = [from.mean, from.std, to.mean, to.std] as number[][];
  const factor = std!.map((s, c) => s / otherStd![c]!);
  const shift = mean!.map((m, c) => (m - otherMean![c]!) / otherStd![c]!);
  return tf.add(tf.mul(x, tf.tensor1d(factor)), tf.tensor1d(shift));
}

/**
 * Root mean square length of a bank's centred patches: how far apart good patches are in a network's features.
 *
 * @param bank - `[rows, channels]`
 * @returns the length; 1 for a bank without extent
 */
export function extentOf({ data, shape }: HostTensor): number {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum / shape[0]!) || 1;
}
