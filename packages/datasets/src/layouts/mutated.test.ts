import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, DatasetFormatError } from '@adlib/core';
import { expect, test } from 'vitest';
import { readDataset } from '../readDataset.js';
import { makeFiles, masks } from '../testing/layoutFiles.js';

const good = { 'train/good/0.png': 'picture', 'train/good/1.png': 'picture' } as const;
const defect = { defect_name: 'a', pixel_value: 255, saturation_threshold: 0.5, relative_saturation: true };
const listed = (image_path: string): object => ({ image_path, mask_path: null, anomaly_class: 'OK' });

/** Layout, folder to open, file that is damaged, files. */
const cases: [string, string, string, Record<string, string | Uint8Array>][] = [
  [
    'visa',
    'candle',
    'split_csv/1cls.csv',
    {
      'candle/a.JPG': 'picture',
      'candle/b.JPG': 'picture',
      'candle/c.JPG': 'picture',
      'candle/c.png': masks.end,
      'split_csv/1cls.csv':
        'object,split,label,image,mask\ncandle,train,normal,candle/a.JPG,\ncandle,train,normal,"candle/b.JPG",\ncandle,test,anomaly,candle/c.JPG,candle/c.png\n',
    },
  ],
  [
    'real-iad',
    'realiad_256/usb',
    'realiad_jsons/usb.json',
    {
      'realiad_256/usb/OK/S1/a.jpg': 'picture',
      'realiad_256/usb/OK/S1/b.jpg': 'picture',
      'realiad_jsons/usb.json': JSON.stringify({ train: [listed('OK/S1/a.jpg'), listed('OK/S1/b.jpg')], test: [] }),
    },
  ],
  [
    'mvtec-loco',
    '',
    'defects_config.json',
    {
      ...good,
      'test/logical_anomalies/0.png': 'picture',
      'ground_truth/logical_anomalies/0/0.png': masks.end,
      'defects_config.json': JSON.stringify([defect]),
    },
  ],
  [
    'btad',
    '',
    'ground_truth/ko/0.png',
    {
      'train/ok/0.png': 'picture',
      'train/ok/1.png': 'picture',
      'test/ko/0.png': 'picture',
      'ground_truth/ko/0.png': masks.end,
    },
  ],
  [
    'kolektor-sdd',
    '',
    'kos01/Part0_label.bmp',
    {
      'kos01/Part0.jpg': 'picture',
      'kos01/Part0_label.bmp': masks.end,
      'kos01/Part1.jpg': 'picture',
      'kos01/Part1_label.bmp': masks.empty,
      'kos01/Part2.jpg': 'picture',
      'kos01/Part2_label.bmp': masks.empty,
    },
  ],
  [
    'neu',
    '',
    'ANNOTATIONS/crazing_1.xml',
    {
      'IMAGES/crazing_1.jpg': 'picture',
      'ANNOTATIONS/crazing_1.xml':
        '<annotation><object><name>crazing</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>',
    },
  ],
];

test.each(cases)(
  '%s: damage gives a data set or a named error, never anything else',
  async (name, folder, file, files) => {
    const dir = await makeFiles(files);
    const whole = await readFile(join(dir, file));
    const random = createRandom(5).split(name);
    const outcome = { opened: 0, refused: 0 };
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(
        whole.subarray(0, random.uniform() < 0.2 ? random.integer(whole.length) : whole.length),
      );
      for (let k = 0; k < 3 && bytes.length > 0; k++) bytes[random.integer(bytes.length)] = random.integer(256);
      await writeFile(join(dir, file), bytes);
      const error = await failure(name, join(dir, folder));
      if (error !== undefined) expect(error).toBeInstanceOf(DatasetFormatError);
      outcome[error === undefined ? 'opened' : 'refused']++;
    }
    expect(outcome.refused).toBeGreaterThan(0);
    await writeFile(join(dir, file), whole);
    expect(await failure(name, join(dir, folder))).toBeUndefined();
  },
);

/** Opens a data set and reads every mask; what is thrown, or undefined. */
async function failure(name: string, dir: string): Promise<unknown> {
  try {
    const { samples } = await readDataset(name, dir);
    for (const sample of samples) await sample.mask?.();
  } catch (error) {
    return error;
  }
  return undefined;
}
