import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boxMask } from '../annotations/box.js';
import { golden, unpackMask } from '../testing/annotations.js';
import { height, makeFiles, width } from '../testing/layoutFiles.js';
import { encodePng } from '../encode.js';
import { labelStudio, type LabelStudioOptions } from './labelStudio.js';

const size = { original_width: width, original_height: height };
/** A rectangle over whole pixels, in percent. */
const rectangle = (label: string, [x, y, w, h]: readonly [number, number, number, number], rotation = 0) => ({
  ...{ type: 'rectanglelabels', ...size, image_rotation: 0 },
  value: {
    ...{ x: (100 * x) / width, y: (100 * y) / height, width: (100 * w) / width, height: (100 * h) / height },
    ...{ rotation, rectanglelabels: [label] },
  },
});
const choice = (...choices: string[]) => ({ type: 'choices', value: { choices } });
const task = (image: string, ...annotations: unknown[]) => ({ id: 7, data: { image }, annotations });
const by = (person: unknown, result: unknown[], more: object = {}) => ({ completed_by: person, result, ...more });

async function made(tasks: unknown, files: readonly string[] = ['a.png', 'b.png', 'c.png']): Promise<string> {
  const pictures = Object.fromEntries(files.map((name) => [name, 'picture'] as const));
  return join(await makeFiles({ ...pictures, 'export.json': JSON.stringify(tasks) }), 'export.json');
}
const ones = (data: Uint8Array): number[] => [...data].flatMap((v, i) => (v === 1 ? [i] : []));
async function facts(file: string, options: LabelStudioOptions = {}): Promise<unknown[]> {
  const { samples } = await labelStudio(file, options);
  return Promise.all(
    samples.map(async (s) => [s.id, s.defect, ...(s.mask === undefined ? [] : [ones((await s.mask()).data)])]),
  );
}

describe('labelStudio', () => {
  test('rectangles, turned ones, polygons, labels of their own, choices, empty results', async () => {
    const corners = [0, 0, 3, 0, 3, 2, 0, 2].map((v, i) => (100 * v) / (i % 2 === 0 ? width : height));
    const points = [0, 2, 4, 6].map((i) => [corners[i], corners[i + 1]]);
    const file = await made(
      [
        task(
          'a.png',
          by(1, [
            rectangle('scratch', [0, 3, 2, 1]),
            rectangle('dent', [4, 0, 3, 1], 90),
            { type: 'textarea', value: {} },
          ]),
        ),
        task(
          'b.png',
          by(1, [
            { id: 'x', type: 'polygon', ...size, value: { points, closed: true } },
            { id: 'x', type: 'labels', ...size, value: { points, labels: ['stain'] } },
          ]),
        ),
        task('c.png', by(1, [])),
        task('d.png', by(1, [choice('Scratched', 'Bent')])),
        task('e.png', by(1, [choice('OK')])),
      ].map((one, i) => ({ ...one, id: i })),
      ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'],
    );
    expect(await facts(file)).toEqual([
      ['a.png', 'dent+scratch', [3, 9, 15, 18, 19]],
      ['b.png', 'stain', [0, 1, 2, 6, 7, 8]],
      ['c.png', 'good'],
      ['d.png', 'Bent+Scratched'],
      ['e.png', 'good'],
    ]);
  });

  test('brush strokes', async () => {
    const { rle, mask, size: shape } = golden.brush.find(({ name }) => name === 'mask blobs 17x40')!;
    const value = { format: 'rle', rle: [...Buffer.from(rle, 'base64')], brushlabels: ['dirt'] };
    const result = [{ type: 'brushlabels', original_width: shape[1], original_height: shape[0], value }];
    const picture = await encodePng({ data: new Uint8Array(680), width: shape[1], height: shape[0], channels: 1 });
    const dir = await makeFiles({ 'a.png': picture, 'x.json': JSON.stringify([task('a.png', by(1, result))]) });
    const { samples } = await labelStudio(join(dir, 'x.json'));
    expect((await samples[0]!.mask!()).data).toEqual(unpackMask(mask, shape));
  });

  test.each([
    ['/data/upload/3/1a2b3c4d-a%20b.png', 'upload/3/1a2b3c4d-a b.png'],
    ['/data/upload/3/1a2b3c4d-a.png', '3/1a2b3c4d-a.png'],
    ['/data/upload/1a2b3c4d-a.png', '1a2b3c4d-a.png'],
    ['/data/upload/1a2b3c4d-a.png', 'a.png'],
    ['/data/local-files/?d=parts/lot%207/a.png', 'parts/lot 7/a.png'],
    ['/data/local-files/?d=parts/lot%207/a.png', 'lot 7/a.png'],
    ['https://example.org/media/x/a.png?token=1#t', 'x/a.png'],
    ['s3://bucket/key/a.png', 'key/a.png'],
    ['parts\\a.png', 'parts/a.png'],
    ['100%.png', '100%.png'],
  ])('%s is found as %s', async (image, name) => {
    const file = await made([task(image, by(1, []))], [name]);
    expect((await labelStudio(file)).samples.map(({ id }) => id)).toEqual([name]);
  });

  test('cancelled, not annotated: left out, with a warning; kinds that are not read too', async () => {
    const file = await made([
      task('a.png', by(1, [rectangle('x', [0, 0, 1, 1])], { was_cancelled: true })),
      task('b.png'),
      task('c.png', by(1, [{ type: 'keypointlabels', value: { x: 1, y: 1, width: 1, keypointlabels: ['k'] } }])),
    ]);
    const { samples, warnings } = await labelStudio(file);
    expect(samples.map(({ id }) => id)).toEqual(['c.png']);
    expect(warnings).toEqual([
      `${file}: 2 tasks without an annotation that counts are left out.`,
      `${file}: regions of kind keypointlabels are not read.`,
    ]);
  });

  test('several people: refused, the latest, union, majority, one of them', async () => {
    const a = rectangle('x', [0, 0, 3, 1]);
    const b = rectangle('y', [1, 0, 3, 1]);
    const file = await made([
      task(
        'a.png',
        by(1, [a], { updated_at: '2026-03-01T00:00:00Z' }),
        by({ id: 2, email: 'b@example.org' }, [b], { updated_at: '2026-01-01T00:00:00Z' }),
        by(3, [], { updated_at: '2026-02-01T00:00:00Z' }),
      ),
    ]);
    await expect(labelStudio(file)).rejects.toThrow(
      `labelStudio: ${file}: task 7: has 3 annotations. Say which hold with the option 'several', or 'completedBy'.`,
    );
    expect(await facts(file, { several: 'latest' })).toEqual([['a.png', 'x', [0, 1, 2]]]);
    expect(await facts(file, { several: 'union' })).toEqual([['a.png', 'x+y', [0, 1, 2, 3]]]);
    expect(await facts(file, { several: 'majority' })).toEqual([['a.png', 'x+y', [1, 2]]]);
    expect(await facts(file, { completedBy: 3 })).toEqual([['a.png', 'good']]);
    expect(await facts(file, { completedBy: 'b@example.org' })).toEqual([['a.png', 'y', [1, 2, 3]]]);
    expect(await facts(file, { completedBy: 2, ignoreLabels: ['y'] })).toEqual([['a.png', 'good']]);
  });

  test('everything wrong at once', async () => {
    const brush = { type: 'brushlabels', ...size, value: { rle: [0, 0, 0, 4], brushlabels: ['x'] } };
    const tasks = [
      task('gone.png', by(1, [])),
      task('../../etc/hostname', by(1, [])),
      { data: { text: 3 }, annotations: [by(1, [])] },
      task('a.png', by(1, [brush])),
      task('b.png', by(1, [choice('good'), rectangle('x', [0, 0, 1, 1])])),
      task('c.png', by(1, [{ type: 'polygonlabels', ...size, value: { points: [[1, 2]] } }])),
      task('d.png', by(1, [{ ...rectangle('x', [0, 0, 1, 1]), original_width: 60 }])),
      task('d.png', by(1, [rectangle('x', [0, 0, -1, 1])])),
      task('e.png', { result: 'x' }),
    ].map((one, i) => ({ ...one, id: i }));
    const file = await made(tasks, ['a.png', 'b.png', 'c.png', 'd.png', 'e.png']);
    const error = (await labelStudio(file).catch((e: unknown) => e)) as Error;
    for (const part of [
      'labelStudio: 10 problems',
      `${file}: task 0: its picture 'gone.png' is not in `,
      `${file}: task 1: its picture '../../etc/hostname' is not in `,
      `${file}: task 2: its data names no picture.`,
      `${file}: task 3: a region of kind brushlabels: brush: rle must be for 96 values (4×4×6), got 4.`,
      `${file}: task 4: is called good (good) and defective at once.`,
      `${file}: task 5: a region of kind polygonlabels: polygon: points must be x, y of at least three corners`,
      `${file}: d.png: the mask is 60×4, its picture is 6×4`,
      `${file}: task 7: a region of kind rectanglelabels: rotatedBox: box[2] must be`,
      `is of the same picture as ${file}: task 6`,
      `${file}: task 8: its result is not a list.`,
    ])
      expect(error.message).toContain(part);
  });

  test('other exports', async () => {
    for (const value of [{}, [{ image: 'a.png', label: [] }], [3], null]) {
      await expect(labelStudio(await made(value))).rejects.toThrow('is not an export in Label Studio\'s format "JSON"');
    }
    await expect(labelStudio(await made([]), { several: 'both' as never })).rejects.toThrow(RangeError);
    await expect(labelStudio(await made([]), { dir: '' } as never)).rejects.toThrow('got dir');
  });

  test('a rectangle in percent is the box in pixels', async () => {
    const file = await made([task('a.png', by(1, [rectangle('x', [1, 1, 4, 2])]))]);
    const { samples } = await labelStudio(file);
    expect(await samples[0]!.mask!()).toEqual(boxMask([{ left: 1, top: 1, right: 5, bottom: 3 }], [height, width]));
  });
});
