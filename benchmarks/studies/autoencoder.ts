/** What the studies share: the convolutional autoencoders of one category of MVTec AD, trained once and kept in a cache folder. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ProgressEvent } from '@adlib/core';
import { assignRoles, samplesByRole, type Role, type Sample } from '@adlib/datasets';
import { mvtec } from '@adlib/datasets/node';
import { ConvAutoencoder, createDetector } from '@adlib/models';
import { train } from '@adlib/pipeline';
import { loadBundle, saveBundle } from '@adlib/pipeline/node';

/** Seed of the roles, the weights, the order of batches and everything drawn later. */
export const SEED = 1;

/**
 * Channels after each halving. `five` is the package's default: 8×8×256 values in the middle of a 256×256 picture. `four` has
 * the 983,040 features that paper 004 speaks of, but 16×16×256 values in the middle, a third of a colour picture's.
 */
export const NETWORKS = { five: [32, 64, 128, 256, 256], four: [32, 64, 128, 256] } as const;

/** Name of one of {@link NETWORKS}. */
export type NetworkName = keyof typeof NETWORKS;

/**
 * Epochs at most, so that a training ends in minutes on two cores; it stops after 10 without a better loss on the validation
 * pictures. Other categories: 25.
 */
const EPOCHS: Readonly<Record<string, Readonly<Record<NetworkName, number>>>> = {
  bottle: { five: 30, four: 30 },
  screw: { five: 14, four: 20 },
};

/** A trained autoencoder and the pictures of each role. */
export interface Trained {
  /** Category, for example `screw`. */
  name: string;
  /** Samples by role. */
  roles: Readonly<Record<Role, readonly Sample[]>>;
  /** The detector, fitted. */
  detector: ConvAutoencoder;
  /** Figures of its training. */
  training: { epochs: number; bestEpoch: number; trainLoss: number; validationLoss: number; seconds: number };
}

/**
 * Opens a category and loads its autoencoder from the cache, or trains it: 256×256, Adam on the mean squared error. Test
 * pictures take no part.
 *
 * @param data - folder of one category in MVTec AD's layout
 * @param cache - folder of the bundles
 * @param network - which network
 * @returns the fitted detector, or undefined, with a line on stderr, where the data are absent
 */
export async function trainedAutoencoder(
  data: string,
  cache: string,
  network: NetworkName,
): Promise<Trained | undefined> {
  if (!existsSync(join(data, 'train', 'good'))) {
    console.error(`skipped: there is no ${join(data, 'train', 'good')}; give a category of MVTec AD with --data`);
    return undefined;
  }
  const dataset = await mvtec(data, { name: basename(data) });
  const { name } = dataset;
  const roles = await samplesByRole(dataset, await assignRoles(dataset, { seed: SEED }));
  const folder = join(cache, `${name}-${network}`);
  if (!existsSync(join(folder, 'detector.json'))) {
    const { channels } = await roles.train[0]!.image();
    const options = { channels, widths: NETWORKS[network], epochs: EPOCHS[name]?.[network] ?? 25 };
    const detector = new ConvAutoencoder(options);
    const onProgress = ({ stage, done, total }: ProgressEvent) => {
      if (stage === 'train' && done % 25 === 0) console.error(`${name}: step ${done} of at most ${total}`);
    };
    const training = await train(detector, roles, { name, seed: SEED, onProgress });
    await saveBundle(folder, { detector, provenance: { training } });
    detector.dispose();
  }
  const { detector, description } = await loadBundle(folder, createDetector);
  if (!(detector instanceof ConvAutoencoder)) throw new Error(`${folder} holds a ${detector.kind}, not an autoencoder`);
  const { training } = description.provenance;
  const seen = new Set(training?.seen);
  for (const sample of roles.test) {
    if (seen.has(await sample.hash())) throw new Error(`${sample.id} was seen in training: remove ${folder}`);
  }
  const facts = description.facts as { epochs: number; bestEpoch: number } & Record<string, number[]>;
  const best = facts.bestEpoch - 1;
  return {
    name,
    roles,
    detector,
    training: {
      epochs: facts.epochs,
      bestEpoch: facts.bestEpoch,
      trainLoss: facts['trainLoss']![best]!,
      validationLoss: facts['validationLoss']![best]!,
      seconds: training?.seconds ?? NaN,
    },
  };
}
