/**
 * Mahalanobis distance on a random part of a layer's features: layer x number of features, the pattern of paper 004's tables
 * 6, 7, 9 and 10.
 *
 * Features come from the autoencoder of ../autoencoder.ts and from ResNet-18 with torchvision's weights. The distance is fitted on the
 * pictures of role train; limits on calibration; figures are of role test, except where a column says otherwise.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/studies/random-features/run.ts [--data ../shared/data/mvtec] [--categories bottle,screw]
 *     [--networks autoencoder,resnet18]
 *     [--weights ../shared/weights/resnet18-layers1to3.safetensors] [--cache FOLDER]
 *     [--cells-only] [--write] [--markdown]
 *
 * `--cells-only` leaves out the other ways to a score (PCA, ICA, k-means on all features of a layer: minutes).
 * `--write` keeps the figures in results.json beside this file, in place of older ones of the same category and network;
 * `--markdown` alone puts the tables of that file into docs/scores.md (then `npx prettier --write docs/scores.md`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Role, Sample } from '@adlib/datasets';
import { auroc } from '@adlib/metrics';
import { FastIca, KMeans, Mahalanobis, Pca } from '@adlib/scores';
import { maxAccuracy, meanPlusSigma } from '@adlib/thresholds';
import { SEED, trainedAutoencoder } from '../autoencoder.js';
import { figuresAt, machine, meanFigures, remembered, replaceSection, writeResults, type Figures } from '../report.js';
import {
  autoencoderFeatures,
  extract,
  resnetFeatures,
  type Extractor,
  type LayerRows,
  type RoleRows,
  type Rows,
} from './features.js';
import type { BriefFigures, Cell, MethodRow, NetworkResult, RandomFeatureResults } from './results.js';
import { randomFeatureTables } from './tables.js';

const KEPT = [100, 200, 500, 600, 1000, 1500] as const;
const DRAWS = 3;
const METHOD_LAYER = 'layer 2';
/** Features kept where the methods are compared. */
const METHOD_KEPT = 500;

type Three = Readonly<Record<'train' | 'calibration' | 'test', Rows>>;

interface Scorer {
  fit(rows: Rows): unknown;
  score(rows: Rows): Float64Array;
}

interface Judged {
  auroc: number;
  unsupervised: Figures;
  inSample: Figures;
  oracle: Figures;
  fitMs: number;
  scoreMs: number;
}

/** Fits a scorer on training rows and judges it on test rows. */
function judge(scorer: Scorer, { train, calibration, test }: Three, labels: readonly number[]): Judged {
  const began = performance.now();
  scorer.fit(train);
  const fitted = performance.now();
  const scores = scorer.score(test);
  const scored = performance.now();
  const limit = (good: Float64Array): number => meanPlusSigma(good, { k: 2 }).value;
  const of = (label: number): Float64Array => scores.filter((_, i) => labels[i] === label);
  const at = (value: number): Figures => figuresAt(scores, labels, value);
  return {
    auroc: auroc(scores, labels),
    unsupervised: at(limit(scorer.score(calibration))),
    inSample: at(limit(scorer.score(train))),
    oracle: at(maxAccuracy(of(0), of(1), { oracle: true }).value),
    fitMs: fitted - began,
    scoreMs: (scored - fitted) / labels.length,
  };
}

function brief(list: readonly Figures[]): BriefFigures {
  const { accuracy, balancedAccuracy, recall } = meanFigures(list);
  return { accuracy, balancedAccuracy, recall };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const three = (rows: RoleRows, layer: string, pick: (of: LayerRows) => Rows): Three => ({
  train: pick(rows.train[layer]!),
  calibration: pick(rows.calibration[layer]!),
  test: pick(rows.test[layer]!),
});
const columns = (rows: Rows, count: number): Rows => rows.hi(rows.shape[0]!, count);

function cell(rows: RoleRows, layer: string, kept: Cell['kept'], labels: readonly number[]): Cell[] {
  const { features } = rows.train[layer]!;
  const sets =
    kept === 'pooled'
      ? [three(rows, layer, ({ pooled }) => pooled)]
      : Array.from({ length: DRAWS }, (_, draw) => three(rows, layer, (of) => columns(of.draws[draw]!, kept)));
  return (['ridge', 'ledoitWolf'] as const).map((shrinkage) => {
    const judged = sets.map((set) => judge(new Mahalanobis({ shrinkage }), set, labels));
    const areas = judged.map((j) => j.auroc);
    return {
      layer,
      features,
      kept,
      shrinkage,
      draws: judged.length,
      auroc: areas.reduce((a, b) => a + b, 0) / areas.length,
      aurocLow: Math.min(...areas),
      aurocHigh: Math.max(...areas),
      unsupervised: brief(judged.map((j) => j.unsupervised)),
      inSample: brief(judged.map((j) => j.inSample)),
      oracle: brief(judged.map((j) => j.oracle)),
      fitMs: median(judged.map((j) => j.fitMs)),
      scoreMs: median(judged.map((j) => j.scoreMs)),
    };
  });
}

/** Principal components first, then another scorer. */
class OnComponents implements Scorer {
  readonly #pca = new Pca({ variance: 0.95 });
  readonly #next = new KMeans({ seed: SEED });

  fit(rows: Rows): void {
    this.#next.fit(this.#pca.fit(rows).transform(rows));
  }

  score(rows: Rows): Float64Array {
    return this.#next.score(this.#pca.transform(rows));
  }
}

async function methods(rows: RoleRows, labels: readonly number[], partial: string): Promise<MethodRow[]> {
  const all = three(rows, METHOD_LAYER, (of) => of.all!);
  const some = three(rows, METHOD_LAYER, (of) => columns(of.draws[0]!, METHOD_KEPT));
  const list: [string, Scorer, Three][] = [
    ['PCA (95 %), k-means', new OnComponents(), all],
    ['PCA (95 %), Mahalanobis', new Pca({ statistic: 'mahalanobis' }), all],
    ['PCA (95 %), residual', new Pca({ statistic: 'residual' }), all],
    ['k-means', new KMeans({ restarts: 3, seed: SEED }), all],
    ['ICA (10), Mahalanobis', new FastIca({ statistic: 'mahalanobis', seed: SEED }), all],
    [`random ${METHOD_KEPT}, k-means`, new KMeans({ seed: SEED }), some],
    [`random ${METHOD_KEPT}, Mahalanobis`, new Mahalanobis(), some],
    [`random ${METHOD_KEPT}, Mahalanobis, Ledoit-Wolf`, new Mahalanobis({ shrinkage: 'ledoitWolf' }), some],
  ];
  const results: MethodRow[] = [];
  for (const [i, [method, scorer, set]] of list.entries()) {
    results.push(
      await remembered(`${partial}-method-${i}.json`, () => {
        const { auroc: area, unsupervised, fitMs } = judge(scorer, set, labels);
        return { method, auroc: area, unsupervised: brief([unsupervised]), fitMs };
      }),
    );
    console.error(`${method}: ${results[i]!.auroc.toFixed(3)}`);
  }
  return results;
}

async function study(
  category: string,
  extractor: Extractor,
  cache: string,
  roles: Readonly<Record<Role, readonly Sample[]>>,
  others: boolean,
): Promise<NetworkResult> {
  const wanted = { kept: KEPT.at(-1)!, draws: DRAWS, whole: others ? METHOD_LAYER : '' };
  const { rows, extractMs } = await extract(extractor, roles, wanted);
  await extractor.dispose();
  const labels = roles.test.map(({ label }) => (label === 'good' ? 0 : 1));
  const partial = join(cache, 'random-features', `${category}-${extractor.name}`);
  const cells: Cell[] = [];
  for (const layer of Object.keys(rows.train)) {
    for (const kept of [...KEPT, 'pooled'] as const) {
      const compute = (): Cell[] => cell(rows, layer, kept, labels);
      cells.push(...(await remembered(`${partial}-${layer.replace(' ', '-')}-${kept}.json`, compute)));
    }
    console.error(`${category}, ${extractor.name}: ${layer} done`);
  }
  const counts = Object.fromEntries(Object.entries(roles).map(([role, samples]) => [role, samples.length]));
  return {
    category,
    network: extractor.name,
    counts: { ...counts, defective: labels.filter((label) => label === 1).length },
    extractMs,
    cells,
    methodLayer: METHOD_LAYER,
    methods: others ? await methods(rows, labels, partial) : [],
  };
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/mvtec' },
    categories: { type: 'string', default: 'bottle,screw' },
    cache: { type: 'string', default: join(tmpdir(), 'adlib-studies') },
    weights: { type: 'string', default: '../shared/weights/resnet18-layers1to3.safetensors' },
    networks: { type: 'string', default: 'autoencoder,resnet18' },
    'cells-only': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const file = new URL('results.json', import.meta.url);
const older = (): RandomFeatureResults => JSON.parse(readFileSync(file, 'utf8')) as RandomFeatureResults;
if (values.markdown) {
  replaceSection('random-features', randomFeatureTables(older()));
} else {
  const networks: NetworkResult[] = [];
  for (const name of values.categories.split(',')) {
    const trained = await trainedAutoencoder(join(values.data, name), values.cache, 'five');
    if (trained === undefined) continue;
    if (values.networks.includes('autoencoder'))
      networks.push(
        await study(name, autoencoderFeatures(trained.detector), values.cache, trained.roles, !values['cells-only']),
      );
    trained.detector.dispose();
    if (!values.networks.includes('resnet18')) continue;
    if (existsSync(values.weights))
      networks.push(await study(name, await resnetFeatures(values.weights), values.cache, trained.roles, false));
    else console.error(`ResNet-18 skipped: there is no ${values.weights}; give its weights with --weights`);
  }
  const results: RandomFeatureResults = { machine: machine(), seed: SEED, networks };
  if (networks.length > 0) console.log(randomFeatureTables(results));
  if (values.write && networks.length > 0) {
    const isNew = ({ category, network }: NetworkResult): boolean =>
      networks.some((n) => n.category === category && n.network === network);
    const kept = existsSync(file) ? older().networks.filter((n) => !isNew(n)) : [];
    writeResults(file, { ...results, networks: [...kept, ...networks] });
  }
}
