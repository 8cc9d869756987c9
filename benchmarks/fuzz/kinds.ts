import { archiveKinds } from './kinds/archives.js';
import type { FuzzKind } from './kinds/kind.js';
import { listKinds } from './kinds/lists.js';
import { pictureKinds } from './kinds/pictures.js';

/** What data sets are made of, by name. */
export const datasetKinds: Readonly<Record<string, FuzzKind>> = { ...pictureKinds, ...listKinds, ...archiveKinds };
