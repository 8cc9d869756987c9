import { argumentMessage, assertInteger, assertKnownOptions, type Detector, type FitOptions } from '@adlib/core';
import { imagesOf, type Role, type Sample } from '@adlib/datasets';
import { hashesOf, setHash } from './contentHash.js';
import { versions } from './version.js';

/** Samples by role, as `train` needs them; `calibration` and `test` are only checked for overlap. */
export type RoleSamples = Readonly<Partial<Record<Role, readonly Sample[]>>> & { readonly train: readonly Sample[] };

/** Options of {@link train}. */
export interface TrainOptions extends Omit<FitOptions, 'validation'> {
  /** Name of the data set, for the record. @defaultValue 'data' */
  name?: string;
}

/** How a detector was trained: plain JSON, what a bundle keeps as provenance. */
export interface TrainRecord {
  /** Name of the data set. */
  data: string;
  /** Hash of the training images' content. */
  trainHash: string;
  /** Images learned from and images held out. */
  images: { train: number; validation: number };
  /** Content hashes of every image used for training, validation or calibration: none of them may be tested on. */
  seen: string[];
  /** Seed. */
  seed: number;
  /** Device asked for. */
  device: string;
  /** Wall time of `fit`. */
  seconds: number;
  /** Versions of `@adlib` and of Node. */
  versions: Readonly<Record<string, string>>;
  /** When it was trained, ISO 8601. */
  created: string;
}

/**
 * Fits a detector to the images of roles `train` and `validation`, after making sure that they are good and that no
 * picture has two roles.
 *
 * @param detector - the detector; what it learned before is replaced
 * @param roles - samples by role
 * @param options - seed, device, progress, cancellation
 * @returns the record of the training; the detector itself is fitted in place
 * @throws RangeError if there is nothing to train on, a training image is not good or is disputed, or two roles share a picture; what the
 *   detector's `fit` throws
 * @example
 * ```ts
 * import { assignRoles, samplesByRole, synthetic } from '@adlib/datasets';
 * import { ConvAutoencoder } from '@adlib/models';
 * import { train } from '@adlib/pipeline';
 * const dataset = synthetic('screw', { good: 8, testGood: 2, defective: 2, size: 64 });
 * const roles = await samplesByRole(dataset, await assignRoles(dataset, { seed: 1 }));
 * const detector = new ConvAutoencoder({ size: [16, 16], widths: [4, 8], epochs: 1 });
 * const record = await train(detector, roles, { name: dataset.name, seed: 1 });
 * console.log(detector.fitted, record.images); // true { train: 5, validation: 1 }
 * detector.dispose();
 * ```
 */
export async function train(detector: Detector, roles: RoleSamples, options: TrainOptions = {}): Promise<TrainRecord> {
  const { name = 'data', seed = 0, device = 'auto', onProgress, signal } = options;
  assertKnownOptions('train', options, ['name', 'seed', 'device', 'onProgress', 'signal']);
  assertInteger('train', 'seed', seed, 0, 0xffffffff);
  const { validation = [], calibration = [], test = [] } = roles;
  if (roles.train.length === 0) {
    throw new RangeError(argumentMessage('train', 'roles.train', '1 or more good images', roles.train));
  }
  const bad = [...roles.train, ...validation].find((sample) => sample.label !== 'good');
  if (bad !== undefined) {
    throw new RangeError(
      argumentMessage(
        'train',
        'roles',
        'good images in train and validation',
        bad.id,
        'Detectors learn from good parts only.',
      ),
    );
  }
  const disputed = [...roles.train, ...validation, ...calibration].find((sample) => sample.disputed !== undefined);
  if (disputed !== undefined) {
    throw new RangeError(
      argumentMessage(
        'train',
        'roles',
        'without disputed images in train, validation and calibration',
        disputed.id,
        'Assign roles anew.',
      ),
    );
  }
  const hashes = {
    train: await hashesOf(roles.train, signal),
    validation: await hashesOf(validation, signal),
    calibration: await hashesOf(calibration, signal),
    test: await hashesOf(test, signal),
  };
  assertDisjoint({ train: roles.train, validation, calibration, test }, hashes);
  const started = performance.now();
  await detector.fit(imagesOf(roles.train), {
    seed,
    device,
    ...(validation.length === 0 ? {} : { validation: imagesOf(validation) }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    data: name,
    trainHash: await setHash(hashes.train),
    images: { train: roles.train.length, validation: validation.length },
    seen: [...hashes.train, ...hashes.validation, ...hashes.calibration],
    seed,
    device,
    seconds: (performance.now() - started) / 1000,
    versions: versions(),
    created: new Date().toISOString(),
  };
}

/** Throws when a picture has two roles; twice in one role is allowed. */
function assertDisjoint(
  samples: Readonly<Record<Role, readonly Sample[]>>,
  hashes: Readonly<Record<Role, readonly string[]>>,
): void {
  const owner = new Map<string, { role: Role; id: string }>();
  for (const role of ['train', 'validation', 'calibration', 'test'] as const) {
    hashes[role].forEach((hash, i) => {
      const { id } = samples[role][i]!;
      const first = owner.get(hash);
      if (first === undefined) owner.set(hash, { role, id });
      else if (first.role !== role) {
        throw new RangeError(
          argumentMessage(
            'train',
            'roles',
            'disjoint',
            `${first.id} (${first.role}) and ${id} (${role})`,
            'They hold the same picture: remove one.',
          ),
        );
      }
    });
  }
}
