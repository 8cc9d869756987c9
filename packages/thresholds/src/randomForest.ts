import type { Random } from '@adlib/core';

/** A decision tree in arrays, plain JSON. Node 0 is the root; a leaf has feature -1. */
export interface Tree {
  /** Feature that each node asks for; -1 in a leaf. */
  readonly feature: number[];
  /** `x <= threshold` goes left. */
  readonly threshold: number[];
  /** Left child of each node. */
  readonly left: number[];
  /** Right child of each node. */
  readonly right: number[];
  /** Weighted share of defective rows in each node. */
  readonly share: number[];
}

/** Options of {@link growTree}. */
export interface TreeOptions {
  /** Features tried at each node. */
  maxFeatures: number;
  /** Fewest rows in a leaf. */
  minLeaf: number;
}

/** Rows with what a tree learns from; made by {@link treeData}. */
export interface TreeData {
  /** One row of scores per image. */
  rows: readonly Float64Array[];
  /** +1 defective, -1 good. */
  labels: Int8Array;
  /** Weight of each row. */
  weights: Float64Array;
  /** Rank of each row by each feature, from 0; ties in any order. */
  ranks: readonly Float64Array[];
}

/**
 * Ranks the rows by every feature once, so that nodes sort plain numbers.
 *
 * @param rows - one row of scores per image
 * @param labels - +1 defective, -1 good
 * @param weights - weight of each row
 * @returns what {@link growTree} and {@link growForest} need
 */
export function treeData(rows: readonly Float64Array[], labels: Int8Array, weights: Float64Array): TreeData {
  const ranks = Array.from(rows[0]!, (_, feature) => {
    const order = Uint32Array.from(rows.keys()).sort((a, b) => rows[a]![feature]! - rows[b]![feature]!);
    const rank = new Float64Array(rows.length);
    order.forEach((i, position) => (rank[i] = position));
    return rank;
  });
  return { rows, labels, weights, ranks };
}

/** The members in ascending order of a feature: sorted as numbers `rank * rows + index`, which stay exact below 2^53. */
function sortBy({ rows, ranks }: TreeData, members: Uint32Array, feature: number): Uint32Array {
  const rank = ranks[feature]!;
  const keys = Float64Array.from(members, (i) => rank[i]! * rows.length + i).sort();
  return Uint32Array.from(keys, (key) => key % rows.length);
}

/**
 * Grows one classification tree by Gini impurity `1 - sum p^2`: at each node the split between two distinct values (at
 * their midpoint) that lowers the weighted impurity most, among `maxFeatures` features drawn at random; until a node is pure.
 *
 * @param data - rows, labels and weights
 * @param sample - indices of the rows to learn from, repeats allowed
 * @param options - see {@link TreeOptions}
 * @param random - draws the features
 * @returns the tree
 * @see Breiman, "Random forests", 2001
 */
export function growTree(data: TreeData, sample: Uint32Array, options: TreeOptions, random: Random): Tree {
  const tree: Tree = { feature: [], threshold: [], left: [], right: [], share: [] };
  const pending: { node: number; members: Uint32Array }[] = [{ node: addNode(tree, data, sample), members: sample }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, members } = next;
    const share = tree.share[node]!;
    const split = share === 0 || share === 1 ? undefined : bestSplit(data, members, options, random);
    if (split === undefined) continue;
    const goesLeft = (i: number): boolean => data.rows[i]![split.feature]! <= split.threshold;
    const left = members.filter(goesLeft);
    const right = members.filter((i) => !goesLeft(i));
    tree.feature[node] = split.feature;
    tree.threshold[node] = split.threshold;
    tree.left[node] = addNode(tree, data, left);
    tree.right[node] = addNode(tree, data, right);
    pending.push({ node: tree.right[node], members: right }, { node: tree.left[node], members: left });
  }
  return tree;
}

function addNode(tree: Tree, { labels, weights }: TreeData, members: Uint32Array): number {
  let total = 0;
  let defective = 0;
  for (const i of members) {
    total += weights[i]!;
    if (labels[i]! > 0) defective += weights[i]!;
  }
  // Pure nodes get exactly 0 or 1 whatever the rounding of the sums.
  const share = members.every((i) => labels[i]! > 0) ? 1 : defective / total;
  tree.left.push(-1);
  tree.right.push(-1);
  tree.threshold.push(0);
  tree.share.push(share);
  return tree.feature.push(-1) - 1;
}

/** The best split among the drawn features; features without two distinct values are passed over and others drawn. */
function bestSplit(
  data: TreeData,
  members: Uint32Array,
  { maxFeatures, minLeaf }: TreeOptions,
  random: Random,
): { feature: number; threshold: number } | undefined {
  let best: { feature: number; threshold: number; impurity: number } | undefined;
  let tried = 0;
  for (const feature of random.permutation(data.rows[0]!.length)) {
    if (tried >= maxFeatures) break;
    const order = sortBy(data, members, feature);
    if (data.rows[order[0]!]![feature] === data.rows[order.at(-1)!]![feature]) continue;
    tried++;
    const found = scan(data, order, feature, minLeaf);
    if (found !== undefined && (best === undefined || found.impurity < best.impurity)) best = { feature, ...found };
  }
  return best;
}

function scan(
  { rows, labels, weights }: TreeData,
  order: Uint32Array,
  feature: number,
  minLeaf: number,
): { threshold: number; impurity: number } | undefined {
  let all = 0;
  let bad = 0;
  for (const i of order) {
    all += weights[i]!;
    if (labels[i]! > 0) bad += weights[i]!;
  }
  let best: { threshold: number; impurity: number } | undefined;
  let left = 0;
  let leftBad = 0;
  for (let at = 0; at < order.length - 1; at++) {
    const i = order[at]!;
    left += weights[i]!;
    if (labels[i]! > 0) leftBad += weights[i]!;
    const here = rows[i]![feature]!;
    const there = rows[order[at + 1]!]![feature]!;
    if (here === there || at + 1 < minLeaf || order.length - at - 1 < minLeaf) continue;
    const impurity = weightedGini(left, leftBad) + weightedGini(all - left, bad - leftBad);
    if (best === undefined || impurity < best.impurity * (1 - 1e-12)) {
      const middle = here / 2 + there / 2;
      best = { threshold: middle >= there ? here : middle, impurity };
    }
  }
  return best;
}

/** Weight times Gini impurity of a node of two classes. */
function weightedGini(weight: number, bad: number): number {
  return (2 * bad * (weight - bad)) / weight;
}

/**
 * Share of defective rows in the leaf that a row falls into.
 *
 * @param tree - the tree
 * @param row - its scores
 * @returns the share, in [0, 1]
 */
export function treeShare(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    node = row[tree.feature[node]!]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
  }
  return tree.share[node]!;
}

/**
 * Grows a forest: every tree from as many rows as there are, drawn with replacement.
 *
 * @param data - rows, labels and weights
 * @param trees - how many
 * @param options - see {@link TreeOptions}
 * @param random - every tree has its own stream of it
 * @returns the trees
 */
export function growForest(data: TreeData, trees: number, options: TreeOptions, random: Random): Tree[] {
  const n = data.rows.length;
  return Array.from({ length: trees }, (_, t) => {
    const own = random.split(t);
    return growTree(
      data,
      Uint32Array.from({ length: n }, () => own.integer(n)),
      options,
      own,
    );
  });
}
