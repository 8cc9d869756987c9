/** What the discriminator says of held-out real features and of fake ones after a meta-epoch. */
export interface TrackerEntry {
  /** Meta-epoch, counted from 1. */
  readonly metaEpoch: number;
  /** Mean training loss of its steps. */
  readonly trainLoss: number;
  /** Margin loss on the held-out features. */
  readonly loss: number;
  /** Mean output for real features. */
  readonly realMean: number;
  /** Standard deviation of the output for real features. */
  readonly realSd: number;
  /** Mean output for fake features. */
  readonly fakeMean: number;
  /** Standard deviation of the output for fake features. */
  readonly fakeSd: number;
  /** Share of real features above the margin. */
  readonly pTrue: number;
  /** Share of fake features below minus the margin. */
  readonly pFake: number;
  /** Whether both shares are near 1 and the loss near 0: the fakes are too easy, and outputs tell defects no longer. */
  readonly saturated: boolean;
}

/** Both shares must reach it for saturation. */
const SHARE = 0.99;
/** The loss must fall to this part of the margin for saturation. */
const LOSS = 0.02;

/**
 * Figures of the discriminator's outputs.
 *
 * @param metaEpoch - counted from 1
 * @param trainLoss - mean loss of its steps
 * @param real - outputs for held-out real features
 * @param fake - outputs for fake features made from them
 * @param margin - the loss's margin
 * @returns the entry
 * @see paper 001, sections 3.3.3 and 5.2
 */
export function track(
  metaEpoch: number,
  trainLoss: number,
  real: ArrayLike<number>,
  fake: ArrayLike<number>,
  margin: number,
): TrackerEntry {
  const [a, b] = [moments(real), moments(fake)];
  const pTrue = share(real, (v) => v >= margin);
  const pFake = share(fake, (v) => v < -margin);
  const loss = mean(real, (v) => Math.max(0, margin - v)) + mean(fake, (v) => Math.max(0, margin + v));
  return {
    metaEpoch,
    trainLoss,
    loss,
    realMean: a.mean,
    realSd: a.sd,
    fakeMean: b.mean,
    fakeSd: b.sd,
    pTrue,
    pFake,
    saturated: pTrue >= SHARE && pFake >= SHARE && loss <= LOSS * margin,
  };
}

/**
 * What a trajectory means, in plain words.
 *
 * @param entries - all meta-epochs
 * @returns warnings; empty where there is nothing to say
 */
export function trackerWarnings(entries: readonly TrackerEntry[]): string[] {
  const first = entries.find(({ saturated }) => saturated);
  if (first === undefined) return [];
  const { metaEpoch, pTrue, pFake, loss } = first;
  const last = entries.at(-1)!;
  const state = last.saturated ? 'and was so at the end' : 'and recovered later';
  return [
    `The discriminator was saturated at meta-epoch ${metaEpoch} of ${entries.length} ` +
      `(real ${(100 * pTrue).toFixed(1)} % and fake ${(100 * pFake).toFixed(1)} % beyond the margin, loss ${loss.toPrecision(2)}), ${state}: ` +
      'fake features are too easy to tell, so that scores may not tell defects. Try smaller noise, clipNorm 1, fewer meta-epochs, or more pictures.',
  ];
}

function mean(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]!);
  return sum / values.length;
}

function share(values: ArrayLike<number>, holds: (value: number) => boolean): number {
  return mean(values, (value) => (holds(value) ? 1 : 0));
}

function moments(values: ArrayLike<number>): { mean: number; sd: number } {
  const centre = mean(values, (v) => v);
  return { mean: centre, sd: Math.sqrt(mean(values, (v) => (v - centre) ** 2)) };
}
