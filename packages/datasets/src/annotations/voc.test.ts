import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetFormatError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { writePng } from '../encode.js';
import { checkHeaders, fileDataset, Problems } from '../layout.js';
import { parseVoc, readVoc, vocDrawn, vocMask } from './voc.js';

const object = (name: string, ...[x0, y0, x1, y1]: (number | string)[]): string =>
  `<object><name>${name}</name><pose>Unspecified</pose><difficult>0</difficult>` +
  `<bndbox><xmin>${x0}</xmin><ymin>${y0}</ymin><xmax>${x1}</xmax><ymax>${y1}</ymax></bndbox></object>`;
const file = (objects: string, size = '<size><width>5</width><height>3</height><depth>1</depth></size>'): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<annotation>\n<filename> a.jpg </filename>${size}${objects}</annotation>\n`;

describe('parseVoc', () => {
  test('both corners belong to the box, counted from 1', () => {
    const annotation = parseVoc(file(object('rolled-in_scale', 2, 1, 4, 2) + object('patches', 5, 3, 5, 3)));
    expect(annotation).toEqual({
      filename: 'a.jpg',
      size: [3, 5],
      objects: [
        { name: 'rolled-in_scale', left: 1, top: 0, right: 4, bottom: 2 },
        { name: 'patches', left: 4, top: 2, right: 5, bottom: 3 },
      ],
    });
    expect([...vocMask(annotation, [3, 5]).data]).toEqual([0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
  });

  test('a tool that counts from 0, decimals, boxes over the edge', () => {
    const annotation = parseVoc(file(object('a', 0, 0, 1.6, 0.4)), { firstPixel: 0 });
    expect(annotation.objects[0]).toEqual({ name: 'a', left: 0, top: 0, right: 3, bottom: 1 });
    const over = parseVoc(file(object('a', -4, 2, 99, 99)));
    expect([...vocMask(over, [3, 5]).data]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('no objects, no size, size 0', () => {
    expect(parseVoc(file('')).objects).toEqual([]);
    expect(parseVoc('<annotation/>')).toEqual({ filename: undefined, size: undefined, objects: [] });
    expect(parseVoc(file('', '<size><width>0</width><height>0</height></size>')).size).toBeUndefined();
  });

  test('bytes in UTF-8 with a mark, UTF-16 and the encoding that the file names', () => {
    const name = (bytes: Uint8Array): string | undefined => parseVoc(bytes).objects[0]?.name;
    expect(name(Buffer.from(`\ufeff${file(object('裂纹', 1, 1, 2, 2))}`, 'utf8'))).toBe('裂纹');
    expect(name(Buffer.from(`\ufeff${file(object('裂纹', 1, 1, 2, 2))}`, 'utf16le'))).toBe('裂纹');
    const latin = file(object('Fr\u00e4se', 1, 1, 2, 2)).replace('utf-8', 'ISO-8859-1');
    expect(name(Buffer.from(latin, 'latin1'))).toBe('Fräse');
    expect(() => name(Buffer.from(file(object('Fr\u00e4se', 1, 1, 2, 2)), 'latin1'))).toThrow(
      'annotation: is not text in UTF-8. Save it as UTF-8.',
    );
  });

  test('everything wrong in a file at once', () => {
    const text = file(
      object('', 1, 1, 2, 2) + object('a', 1, 'x', 2, 2) + object('b', 4, 1, 2, 2) + '<object><name>c</name></object>',
    );
    expect(() => parseVoc(text, { name: 'dir/1.xml' })).toThrow(
      'dir/1.xml: object 1 has no name; object 2 has no box of four numbers; ' +
        'the box of object 3 ends before it begins (4, 1, 2, 2); object 4 has no box of four numbers. Correct or remove these objects.',
    );
    expect(() => parseVoc(file(object('a', '1e300', 1, 'Infinity', 2)))).toThrow('has no box of four numbers');
  });

  test.each([
    ['nothing', ''],
    ['cut off', file(object('a', 1, 1, 2, 2)).slice(0, 90)],
    ['plain text', 'xmin,ymin\n1,2'],
    ['HTML', '<html><p>404'],
    ['an undefined entity', '<annotation>&nbsp;</annotation>'],
    ['deep nesting', '<a>'.repeat(200_000)],
  ])('refuses what is not XML: %s', (_, text) => {
    expect(() => parseVoc(text, { name: '1.xml' })).toThrow(/^1\.xml: is not whole XML \(/);
    expect(() => parseVoc(text)).toThrow(DatasetFormatError);
  });

  test('refuses other XML and wrong arguments', () => {
    expect(() => parseVoc('<svg/>', { name: '1.xml' })).toThrow('1.xml: is XML of kind <svg>');
    expect(() => parseVoc(3 as never)).toThrow(TypeError);
    expect(() => parseVoc('<annotation/>', { firstPixel: 2 as never })).toThrow(RangeError);
    expect(() => parseVoc('<annotation/>', { first: 1 } as never)).toThrow('got first');
  });

  test('entities that a file declares are refused at once, however they nest', () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('');
    const text = `<!DOCTYPE annotation [<!ENTITY e0 "x">${bomb}]><annotation><filename>&e30;</filename></annotation>`;
    const begin = performance.now();
    expect(() => parseVoc(text)).toThrow("Named entity isn't defined: &e30;");
    expect(performance.now() - begin).toBeLessThan(1000);
    const outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation>&x;</annotation>';
    expect(() => parseVoc(outside)).toThrow("Named entity isn't defined: &x;");
  });
});

test('a sample with boxes: mask at the size of the picture, problems when the data set is opened', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'adlib-voc-'));
  const at = (name: string): string => join(dir, name);
  await writePng(at('1.png'), { data: new Uint8Array(15), width: 5, height: 3, channels: 1 });
  await writeFile(at('1.xml'), file(object('dent', 2, 2, 3, 3)));
  await writeFile(at('2.xml'), file(object('dent', 2, 2, 3, 3)).replace('<width>5<', '<width>6<'));
  await writeFile(at('3.xml'), file(object('dent', 9, 2, 10, 3) + object('dent', 1, 1, 2, 2)));
  await expect(readVoc(at('4.xml'))).rejects.toThrow(`${at('4.xml')}: there is no such file. Check the path.`);
  const source = async (name: string) => ({
    ...({ id: name, label: 'defective', defect: 'dent', split: undefined, path: at('1.png'), masks: [] } as const),
    drawn: vocDrawn(at(name), await readVoc(at(name))),
  });
  const problems = new Problems();
  await checkHeaders([await source('1.xml')], problems);
  problems.throwIfAny('layout');
  const { samples } = fileDataset('toy', [await source('1.xml')], []);
  expect(await samples[0]!.mask!()).toEqual({
    data: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0),
    width: 5,
    height: 3,
  });
  await checkHeaders([await source('2.xml'), await source('3.xml')], problems);
  expect(() => problems.throwIfAny('layout')).toThrow(
    `layout: 2 problems:\n- ${at('2.xml')}: the mask is 6×3, its picture is 5×3 (width×height). Export the mask at the size of the picture.\n` +
      `- ${at('3.xml')}: 1 of its boxes lie outside of the picture. Correct or remove them.`,
  );
});
