import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Dataset } from '@adlib/datasets';
import { assignRoles, samplesByRole } from '@adlib/datasets';
import * as node from '@adlib/datasets/node';
import sharp, { type Sharp } from 'sharp';

/** A kind of file to mutate, with what reads it. */
export interface FuzzKind {
  /** What it holds: decides the mutations. */
  readonly form: 'binary' | 'text' | 'json';
  /** The file to mutate, below the folder. */
  readonly target: string;
  /** Content of the target, several where it may have several forms. */
  readonly seeds: readonly Uint8Array[];
  /** The other files, content by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Reads everything in the folder; what it throws is judged. */
  readonly read: (dir: string) => Promise<unknown>;
}

const [width, height] = [24, 18];
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + (i >> 4)) & 255);
const raw = { raw: { width, height, channels: 3 as const } };
const colour = (): Sharp => sharp(rgb, raw);
const grey = (): Sharp => colour().toColourspace('b-w');
const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const picture = await grey().png().toBuffer();
const other = await grey().negate().png().toBuffer();
const mask = await grey().threshold(128).png().toBuffer();

function bmp(bits: 8 | 24): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const palette = bits === 8 ? 1024 : 0;
  const out = Buffer.alloc(54 + palette + stride * height);
  out.write('BM');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(54 + palette, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(width, 18);
  out.writeInt32LE(height, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(bits, 28);
  for (let i = 0; i < palette / 4; i++) out.fill(i, 54 + 4 * i, 57 + 4 * i);
  return out;
}

const images: Readonly<Record<string, readonly Uint8Array[]>> = {
  png: [
    picture,
    await colour().png().toBuffer(),
    await colour().png({ palette: true }).toBuffer(),
    await colour().ensureAlpha().png({ progressive: true }).toBuffer(),
    await node.encodePng({ data: Uint16Array.from(rgb, (v) => v * 257), width, height, channels: 3 }),
  ],
  jpeg: [
    await colour().jpeg().toBuffer(),
    await grey().jpeg({ progressive: true }).toBuffer(),
    await colour()
      .withExif({ IFD0: { Orientation: '6' } })
      .jpeg()
      .toBuffer(),
  ],
  bmp: [bmp(24), bmp(8)],
  tiff: [
    await colour().tiff({ compression: 'none' }).toBuffer(),
    await grey().tiff({ compression: 'lzw' }).toBuffer(),
    await colour().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  ],
  webp: [await colour().webp().toBuffer(), await colour().webp({ lossless: true }).toBuffer()],
};

/** Reads every picture and mask of a data set. */
async function all({ samples }: Dataset): Promise<void> {
  for (const sample of samples) {
    await sample.hash();
    await sample.image();
    await sample.mask?.();
  }
}

const good = { 'train/good/0.png': picture, 'train/good/1.png': other };

function imageKind(seeds: readonly Uint8Array[]): FuzzKind {
  const target = 'train/good/x.png';
  return { form: 'binary', target, seeds, files: good, read: async (dir) => all(await node.mvtec(dir)) };
}

const maskKind: FuzzKind = {
  form: 'binary',
  target: 'ground_truth/cut/0_mask.png',
  seeds: [mask, await grey().threshold(128).png({ palette: true }).toBuffer(), ...images['tiff']!, ...images['bmp']!],
  files: { ...good, 'test/cut/0.png': picture, 'test/good/0.png': other },
  read: async (dir) => all(await node.mvtec(dir)),
};

const listed = { 'a.png': picture, 'sub/b.png': other, 'm/b.png': mask };
const csv = ['image,label,mask,defect,role,group', 'a.png,good,,,train,1', 'sub/b.png,bad,m/b.png,dent,test,2', ''];
const entries = [
  { image: 'a.png', label: 'good', role: 'train', group: 1 },
  { image: 'sub/b.png', defect: 'dent', mask: 'm/b.png', role: 'test' },
];
const boxes =
  '<?xml version="1.0" encoding="utf-8"?>\n<annotation>\n<folder>x</folder><filename>a.png</filename>\n' +
  `<size><width>${width}</width><height>${height}</height><depth>1</depth></size>\n<object><name>1_chongkong</name>\n` +
  '<bndbox><xmin>2</xmin><ymin>3</ymin><xmax>9</xmax><ymax>12</ymax></bndbox></object>\n</annotation>\n';

const runs = { size: [height, width], counts: [20, 30, width * height - 50] };
const cocoFile = {
  images: [
    { id: 1, file_name: 'a.png', width, height },
    { id: 2, file_name: 'sub/b.png', width, height },
  ],
  annotations: [
    { id: 1, image_id: 1, category_id: 1, iscrowd: 0, segmentation: [[1, 1, 9, 2, 5, 8.5]], bbox: [1, 1, 8, 7] },
    { id: 2, image_id: 1, category_id: 1, iscrowd: 0, bbox: [3, 4, 5, 6] },
    { id: 3, image_id: 2, category_id: 2, iscrowd: 1, segmentation: runs },
    { id: 4, image_id: 2, category_id: 2, iscrowd: 0, segmentation: { size: [height, width], counts: 'd0n0X6n0bM' } },
  ],
  categories: [
    { id: 1, name: 'dent' },
    { id: 2, name: 'dirt' },
  ],
};

/** 4 values a pixel, all of them 0 but one run; the form of Label Studio's brush. */
function brush(): number[] {
  let bits = `${(4 * width * height).toString(2).padStart(32, '0')}00111${['0010', '0011', '0111', '1111'].join('')}`;
  for (const [count, value] of [
    [400, 0],
    [600, 255],
    [4 * width * height - 1000, 0],
  ] as const) {
    bits += `111${(count - 1).toString(2).padStart(16, '0')}${value.toString(2).padStart(8, '0')}`;
  }
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
}

const drawn = { original_width: width, original_height: height };
const points = [
  [10, 10],
  [60, 12],
  [30, 80],
];
const box = { x: 10, y: 20, width: 30, height: 25.5, rotation: 33, rectanglelabels: ['dirt'] };
const tasks = [
  {
    id: 1,
    data: { image: '/data/upload/1/0a1b2c3d-a.png' },
    annotations: [
      {
        completed_by: 1,
        was_cancelled: false,
        result: [
          { type: 'polygonlabels', ...drawn, value: { points, polygonlabels: ['dent'] } },
          { type: 'rectanglelabels', ...drawn, value: box },
          { type: 'brushlabels', ...drawn, value: { format: 'rle', rle: brush(), brushlabels: ['stroke'] } },
        ],
      },
    ],
  },
  {
    id: 2,
    data: { image: 'sub/b.png' },
    annotations: [{ completed_by: 1, result: [{ type: 'choices', value: { choices: ['ok'] } }] }],
  },
];

function listKind(
  form: FuzzKind['form'],
  target: string,
  seeds: readonly unknown[],
  read: (file: string) => Promise<Dataset>,
): FuzzKind {
  return {
    form,
    target,
    seeds: seeds.map(bytes),
    files: listed,
    read: async (dir) => all(await read(join(dir, target))),
  };
}

const steel = { 'train_images/a.jpg': picture, 'train_images/b.jpg': other };
const visaFiles = Object.fromEntries(
  ['Images/Normal/0', 'Images/Normal/1', 'Images/Anomaly/0', 'Masks/Anomaly/0'].map((name) => [
    `candle/Data/${name}.png`,
    name.startsWith('Masks') ? mask : picture,
  ]),
);
const visaRows = Object.keys(visaFiles).slice(0, 3);

/** Roles of a data set that was opened and checked; the manifest is the target. */
async function rolesKind(): Promise<FuzzKind> {
  const files = { 'train/good/0.png': picture, 'train/good/1.png': other, 'train/good/2.png': images['png']![1]! };
  const dir = await materialise(files);
  const manifest = await assignRoles(await node.mvtec(dir, { name: 'toy' }));
  const read = async (at: string): Promise<void> => {
    const roles = await node.readRoles(join(at, 'roles.json'));
    await samplesByRole(await node.mvtec(at, { name: 'toy' }), roles);
  };
  return { form: 'json', target: 'roles.json', seeds: [bytes(manifest)], files, read };
}

/**
 * Writes files into a new folder.
 *
 * @param files - content by path
 * @returns the folder
 */
export async function materialise(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'adlib-fuzz-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return dir;
}

/** What data sets are made of, by name. */
export const datasetKinds: Readonly<Record<string, FuzzKind>> = {
  ...Object.fromEntries(Object.entries(images).map(([name, seeds]) => [name, imageKind(seeds)])),
  mask: maskKind,
  'csv list': listKind('text', 'list.csv', [csv.join('\n'), csv.join('\r\n').replaceAll(',', ';')], node.csvList),
  'json list': listKind('json', 'list.json', [entries, { samples: entries }], node.jsonList),
  coco: listKind('json', 'coco.json', [cocoFile], node.coco),
  'label studio': listKind('json', 'export.json', [tasks], (file) => node.labelStudio(file, { several: 'majority' })),
  severstal: {
    form: 'text',
    target: 'train.csv',
    seeds: [
      bytes('ImageId,ClassId,EncodedPixels\na.jpg,3,2 5 40 7\na.jpg,1,100 3\n'),
      bytes('ImageId_ClassId,EncodedPixels\na.jpg_1,\na.jpg_3,2 5 40 7\nb.jpg_1,\n'),
    ],
    files: { ...steel, 'train_images/c.jpg': other },
    read: async (dir) => all(await node.severstal(dir)),
  },
  'voc boxes': {
    form: 'text',
    target: 'lable/a.xml',
    seeds: [bytes(boxes)],
    files: { '01/a.png': picture },
    read: async (dir) => all(await node.gc10(dir)),
  },
  'visa lists': {
    form: 'text',
    target: 'split_csv/1cls.csv',
    seeds: [
      bytes(
        [
          'object,split,label,image,mask',
          ...visaRows.map((name, i) =>
            i < 2 ? `candle,train,normal,${name},` : `candle,test,anomaly,${name},candle/Data/Masks/Anomaly/0.png`,
          ),
        ].join('\n'),
      ),
    ],
    files: visaFiles,
    read: async (dir) => all(await node.visa(join(dir, 'candle'))),
  },
  'loco config': {
    form: 'json',
    target: 'defects_config.json',
    seeds: [bytes([{ defect_name: 'pin', pixel_value: 255, saturation_threshold: 1, relative_saturation: false }])],
    files: {
      ...good,
      'test/logical_anomalies/0.png': picture,
      'ground_truth/logical_anomalies/0/0.png': mask,
    },
    read: async (dir) => all(await node.mvtecLoco(dir)),
  },
  'real-iad list': {
    form: 'json',
    target: 'toy.json',
    seeds: [
      bytes({
        meta: { normal_class: 'OK' },
        train: ['0001', '0002'].map((part) => ({
          image_path: `OK/S${part}/toy_${part}_OK_C1.png`,
          mask_path: null,
          anomaly_class: 'OK',
        })),
        test: [
          {
            image_path: 'NG/S0003/toy_0003_NG_C1.png',
            mask_path: 'NG/S0003/toy_0003_NG_C1_mask.png',
            anomaly_class: 'BX',
          },
        ],
      }),
    ],
    files: {
      'toy/OK/S0001/toy_0001_OK_C1.png': picture,
      'toy/OK/S0002/toy_0002_OK_C1.png': other,
      'toy/NG/S0003/toy_0003_NG_C1.png': picture,
      'toy/NG/S0003/toy_0003_NG_C1_mask.png': mask,
    },
    read: async (dir) => all(await node.realIad(join(dir, 'toy'), { list: join(dir, 'toy.json') })),
  },
  'disputed list': {
    form: 'text',
    target: 'disputed.csv',
    seeds: [bytes('file,reason\ntrain/good/0.png,"tool mark, within tolerance"\n')],
    files: {},
    read: async (dir) => node.readBorderline(join(dir, 'disputed.csv')),
  },
  roles: await rolesKind(),
};

/**
 * Saved detectors: description and weights, as they are and sealed anew after the change.
 *
 * @returns the kinds by name
 */
export async function bundleKinds(): Promise<Readonly<Record<string, FuzzKind>>> {
  const { createHash } = await import('node:crypto');
  const { ConvAutoencoder, createDetector } = await import('@adlib/models');
  const { loadBundle, saveBundle } = await import('@adlib/pipeline/node');
  const { decodeSafetensors } = await import('@adlib/runtime');
  const { openSafetensors } = await import('@adlib/runtime/node');
  const dir = await materialise({});
  const detector = new ConvAutoencoder({ size: [16, 16], widths: [2, 4], epochs: 1 });
  const plain = { data: new Uint8Array(256).fill(90), width: 16, height: 16, channels: 1 } as const;
  await detector.fit([plain, plain, plain, plain]);
  await saveBundle(dir, { detector });
  detector.dispose();
  const [description, weights] = await Promise.all(
    ['detector.json', 'weights.safetensors'].map((name) => readFile(join(dir, name))),
  );
  const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
  const load = async (at: string): Promise<void> => {
    const bundle = await loadBundle(at, createDetector);
    bundle.detector.dispose();
  };
  /** Makes the hashes right again, so that the readers behind the check are reached. */
  const sealed = async (at: string): Promise<void> => {
    try {
      const content = JSON.parse(await readFile(join(at, 'detector.json'), 'utf8')) as Record<string, unknown>;
      delete content['digest'];
      const own = await readFile(join(at, 'weights.safetensors'));
      if (content['weights'] !== null && typeof content['weights'] === 'object') {
        Object.assign(content['weights'], { sha256: sha256(own), bytes: own.length });
      }
      const sealedText = JSON.stringify({ ...content, digest: sha256(JSON.stringify(content)) });
      await writeFile(join(at, 'detector.json'), sealedText);
    } catch {
      // No JSON any more: there is nothing to seal.
    }
    await load(at);
  };
  const tensors = async (at: string): Promise<void> => {
    const file = await openSafetensors(join(at, 'w.safetensors'));
    try {
      for (const name of file.names) await file.read(name);
    } finally {
      await file.close();
    }
    decodeSafetensors(await readFile(join(at, 'w.safetensors')));
  };
  const both = { 'detector.json': description!, 'weights.safetensors': weights! };
  const kind = (form: FuzzKind['form'], target: keyof typeof both, read: FuzzKind['read']): FuzzKind => ({
    ...{ form, target, files: both, seeds: [both[target]] },
    read,
  });
  return {
    'bundle description': kind('json', 'detector.json', load),
    'bundle weights': kind('binary', 'weights.safetensors', load),
    'sealed description': kind('json', 'detector.json', sealed),
    'sealed weights': kind('binary', 'weights.safetensors', sealed),
    safetensors: { form: 'binary', target: 'w.safetensors', seeds: [weights!], files: {}, read: tensors },
  };
}
