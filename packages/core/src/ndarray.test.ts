import ndarrayPackage, { type NdArray as PackageArray } from 'ndarray';
import ops from 'ndarray-ops';
import { describe, expect, test } from 'vitest';
import { emptyLike, ndarray, toRowMajor, type NdArray, type NdData, type View } from './ndarray.js';
import { createRandom } from './random.js';

const values = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i + 1);

/** The same values as the package sees them. */
const theirs = (n: number, shape: number[]): PackageArray<Float32Array> => ndarrayPackage(values(n), shape);

/** Our view where the package's declarations ask for writable sizes; at run time it is taken as it is. */
const asTheirs = (view: View<Float32Array>): PackageArray<Float32Array> =>
  view as unknown as PackageArray<Float32Array>;

/** Every index of a shape, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])),
    [[]],
  );
}

function expectSame(view: View<Float32Array>, expected: PackageArray<Float32Array>): void {
  expect(view.shape).toEqual(expected.shape);
  expect(view.stride).toEqual(expected.stride);
  expect(view.offset).toBe(expected.offset);
  expect(view.size).toBe(expected.size);
  expect(view.dimension).toBe(expected.dimension);
  expect(view.order).toEqual(expected.order);
  for (const at of indices(view.shape)) expect(view.get(...at)).toBe(expected.get(...at));
}

describe('against the ndarray package', () => {
  test.each<
    [
      string,
      (a: View<Float32Array>) => View<Float32Array>,
      (a: PackageArray<Float32Array>) => PackageArray<Float32Array>,
    ]
  >([
    ['whole', (a) => a, (a) => a],
    ['lo', (a) => a.lo(1, 2, 1), (a) => a.lo(1, 2, 1)],
    ['lo of one axis', (a) => a.lo(1), (a) => a.lo(1)],
    ['hi', (a) => a.hi(2, 1, 3), (a) => a.hi(2, 1, 3)],
    ['lo then hi', (a) => a.lo(1, 1, 0).hi(2, 2, 3), (a) => a.lo(1, 1, 0).hi(2, 2, 3)],
    ['transpose', (a) => a.transpose(2, 0, 1), (a) => a.transpose(2, 0, 1)],
    ['transpose twice', (a) => a.transpose(2, 0, 1).transpose(1, 0, 2), (a) => a.transpose(2, 0, 1).transpose(1, 0, 2)],
    ['pick', (a) => a.pick(1, null, 2), (a) => a.pick(1, null, 2)],
    ['pick a plane', (a) => a.pick(-1, 3, -1), (a) => a.pick(-1, 3, -1)],
    ['step', (a) => a.step(2, 3, 1), (a) => a.step(2, 3, 1)],
    ['step backwards', (a) => a.step(-1, -2, 1), (a) => a.step(-1, -2, 1)],
    [
      'all of it',
      (a) => a.lo(1, 0, 1).step(1, -2, 1).transpose(1, 2, 0).pick(0),
      (a) => a.lo(1, 0, 1).step(1, -2, 1).transpose(1, 2, 0).pick(0),
    ],
  ])('%s of 3x4x5', (_, ours, expected) => {
    const view = ours(ndarray(values(60), [3, 4, 5]));
    expectSame(view, expected(theirs(60, [3, 4, 5])));
  });

  test('random chains of operations agree', () => {
    const random = createRandom(3);
    for (let round = 0; round < 200; round++) {
      let view = ndarray(values(60), [3, 4, 5]);
      let expected = theirs(60, [3, 4, 5]);
      for (let i = 0; i < 4 && view.size > 0; i++) {
        const cut = view.shape.map((n) => random.integer(n));
        const steps = view.shape.map(() => random.integer(3) + 1);
        const order = [...random.permutation(3)];
        const operation = random.integer(4);
        if (operation === 0) [view, expected] = [view.lo(...cut), expected.lo(...cut)];
        if (operation === 1) [view, expected] = [view.hi(...cut), expected.hi(...cut)];
        if (operation === 2) [view, expected] = [view.step(...steps), expected.step(...steps)];
        if (operation === 3) [view, expected] = [view.transpose(...order), expected.transpose(...order)];
      }
      expectSame(view, expected);
    }
  });

  test.each<NdData>([
    new Float32Array(1),
    new Float64Array(1),
    new Uint8Array(1),
    new Uint8ClampedArray(1),
    new Uint16Array(1),
    new Uint32Array(1),
    new Int8Array(1),
    new Int16Array(1),
    new Int32Array(1),
  ])('names the type of %o alike', (data) => {
    expect(ndarray(data).dtype).toBe(ndarrayPackage(data as Float32Array).dtype);
  });

  test('ndarray-ops works on our views, strided ones too', () => {
    const map = ndarray(values(12), [3, 4]);
    const column = map.transpose(1, 0).lo(1, 0).step(2, 1);
    expect(ops.sum(asTheirs(map))).toBe(78);
    expect(ops.sup(asTheirs(column))).toBe(12);
    ops.mulseq(asTheirs(column), 10);
    expect([...map.data]).toEqual([1, 20, 3, 40, 5, 60, 7, 80, 9, 100, 11, 120]);
    const out = ndarray(new Float32Array(12), [3, 4]);
    ops.add(asTheirs(out), asTheirs(map), theirs(12, [3, 4]));
    expect(out.get(2, 3)).toBe(132);
  });

  test('toRowMajor takes views of the package', () => {
    expect([...toRowMajor(theirs(6, [2, 3]).transpose(1, 0))]).toEqual([1, 4, 2, 5, 3, 6]);
  });
});

describe('ndarray', () => {
  test('looks into the array and writes through', () => {
    const data = values(6);
    const map = ndarray(data, [2, 3]);
    expect(map.get(1, 2)).toBe(6);
    expect(map.set(1, 2, -1)).toBe(-1);
    expect(data[5]).toBe(-1);
    expect(map.data).toBe(data);
  });

  test('has one axis by default and none for a single value', () => {
    expect(ndarray(values(3)).shape).toEqual([3]);
    const scalar = ndarray(values(3), [], [], 1);
    expect(scalar.get()).toBe(2);
    expect(scalar.size).toBe(1);
  });

  test('may be empty', () => {
    const empty = ndarray(new Float32Array(0), [0, 3]);
    expect(empty.size).toBe(0);
    expect([...toRowMajor(empty)]).toEqual([]);
    expect(ndarray(values(6), [2, 3]).hi(0, 2).size).toBe(0);
    expect(ndarray(values(6), [2, 3]).lo(2).size).toBe(0);
  });

  test('may repeat values with stride 0 and go backwards', () => {
    expect([...toRowMajor(ndarray(values(3), [2, 3], [0, 1]))]).toEqual([1, 2, 3, 1, 2, 3]);
    expect([...toRowMajor(ndarray(values(3), [3], [-1], 2))]).toEqual([3, 2, 1]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a shape that is too large',
      () => ndarray(values(5), [2, 3]),
      /^ndarray: data must have 6 values \(2×3\), got 5\./,
    ],
    ['a view past the end', () => ndarray(values(6), [2, 2], [3, 1], 2), /^ndarray: data must have 7 values/],
    ['a view before the start', () => ndarray(values(6), [2], [-1], 0), /^ndarray: data/],
    ['a negative size', () => ndarray(values(6), [-1]), /^ndarray: shape\[0\] must be an integer >= 0, got -1\./],
    ['half a size', () => ndarray(values(6), [1.5]), /^ndarray: shape\[0\] must be/],
    ['too few strides', () => ndarray(values(6), [2, 3], [1]), /^ndarray: stride must be of 2 values, got \[1\]\./],
    ['half a stride', () => ndarray(values(6), [2], [0.5]), /^ndarray: stride\[0\] must be an integer, got 0\.5\./],
    ['half an offset', () => ndarray(values(6), [2], [1], 0.5), /^ndarray: offset must be an integer, got 0\.5\./],
    [
      'lo past the end',
      () => ndarray(values(6), [2, 3]).lo(0, 4),
      /^View\.lo: argument 2 must be an integer in \[0, 3\], got 4\./,
    ],
    [
      'hi that would enlarge',
      () => ndarray(values(12), [4, 3]).hi(2).hi(3),
      /^View\.hi: argument 1 must be an integer in \[0, 2\], got 3\./,
    ],
    [
      'a column outside the view',
      () => ndarray(values(6), [2, 3]).hi(2, 2).pick(null, 2),
      /^View\.pick: argument 2 must be/,
    ],
    [
      'an axis twice',
      () => ndarray(values(6), [2, 3]).transpose(0, 0),
      /^View\.transpose: axes must be an order of 2 axes, got \[0, 0\]\./,
    ],
    ['too many axes', () => ndarray(values(6), [2, 3]).transpose(1, 0, 2), /^View\.transpose: axes/],
    ['step 0', () => ndarray(values(6), [2, 3]).step(0), /^ndarray: shape\[0\]/],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

describe('toRowMajor', () => {
  test('returns whole row-major data itself', () => {
    const data = values(6);
    expect(toRowMajor(ndarray(data, [2, 3]))).toBe(data);
    expect(toRowMajor(ndarray(data, [6, 1], [1, 99]))).toBe(data);
  });

  test('copies a part, keeping the kind', () => {
    const out = toRowMajor(ndarray(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3]).lo(0, 1));
    expect(out).toEqual(Uint8Array.of(2, 3, 5, 6));
  });

  test('agrees with get for a five-dimensional view', () => {
    const view = ndarray(values(240), [2, 3, 4, 5, 2]).transpose(4, 1, 0, 3, 2).step(1, 2, 1, -2, 3);
    expect([...toRowMajor(view)]).toEqual(indices(view.shape).map((at) => view.get(...at)));
  });

  test('takes plain arrays', () => {
    const view: NdArray<readonly number[]> = {
      data: [1, 2, 3, 4],
      shape: [2, 2],
      stride: [1, 2],
      offset: 0,
      get: () => 0,
    };
    expect(toRowMajor(view)).toEqual([1, 3, 2, 4]);
  });
});

describe('emptyLike', () => {
  test('keeps the kind; a Buffer gives a Uint8Array', () => {
    expect(emptyLike(new Int16Array(1), 3)).toEqual(new Int16Array(3));
    expect(emptyLike(Buffer.from([1, 2]), 2)).toEqual(new Uint8Array(2));
    expect(Buffer.isBuffer(emptyLike(Buffer.from([1, 2]), 2))).toBe(false);
  });
});

test('generates no code: works where eval and new Function are refused', async () => {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const script = `
    const { ndarray, toRowMajor } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    try { new Function('return 1')(); console.log('code was generated'); } catch { console.log('refused'); }
    console.log([...toRowMajor(ndarray(new Float32Array([1, 2, 3, 4]), [2, 2]).transpose(1, 0))].join());`;
  const options = ['--disallow-code-generation-from-strings', '--conditions=@adlib/source', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, '--input-type=module', '--eval', script]);
  expect(stdout.trim().split('\n')).toEqual(['refused', '1,3,2,4']);
});
