import { join } from 'node:path';
import type { Dataset } from '@adlib/datasets';
import { assignRoles, samplesByRole } from '@adlib/datasets';
import * as node from '@adlib/datasets/node';
import { bytesOf, materialise, readAll, type FuzzKind } from './kind.js';
import { good, height, images, mask, other, picture, width } from './pictures.js';

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
    seeds: seeds.map(bytesOf),
    files: listed,
    read: async (dir) => readAll(await read(join(dir, target))),
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
  return { form: 'json', target: 'roles.json', seeds: [bytesOf(manifest)], files, read };
}

/** Lists, annotations and manifests, by name. */
export const listKinds: Readonly<Record<string, FuzzKind>> = {
  'csv list': listKind('text', 'list.csv', [csv.join('\n'), csv.join('\r\n').replaceAll(',', ';')], node.csvList),
  'json list': listKind('json', 'list.json', [entries, { samples: entries }], node.jsonList),
  coco: listKind('json', 'coco.json', [cocoFile], node.coco),
  'label studio': listKind('json', 'export.json', [tasks], (file) => node.labelStudio(file, { several: 'majority' })),
  severstal: {
    form: 'text',
    target: 'train.csv',
    seeds: [
      bytesOf('ImageId,ClassId,EncodedPixels\na.jpg,3,2 5 40 7\na.jpg,1,100 3\n'),
      bytesOf('ImageId_ClassId,EncodedPixels\na.jpg_1,\na.jpg_3,2 5 40 7\nb.jpg_1,\n'),
    ],
    files: { ...steel, 'train_images/c.jpg': other },
    read: async (dir) => readAll(await node.severstal(dir)),
  },
  'voc boxes': {
    form: 'text',
    target: 'lable/a.xml',
    seeds: [bytesOf(boxes)],
    files: { '01/a.png': picture },
    read: async (dir) => readAll(await node.gc10(dir)),
  },
  'visa lists': {
    form: 'text',
    target: 'split_csv/1cls.csv',
    seeds: [
      bytesOf(
        [
          'object,split,label,image,mask',
          ...visaRows.map((name, i) =>
            i < 2 ? `candle,train,normal,${name},` : `candle,test,anomaly,${name},candle/Data/Masks/Anomaly/0.png`,
          ),
        ].join('\n'),
      ),
    ],
    files: visaFiles,
    read: async (dir) => readAll(await node.visa(join(dir, 'candle'))),
  },
  'loco config': {
    form: 'json',
    target: 'defects_config.json',
    seeds: [bytesOf([{ defect_name: 'pin', pixel_value: 255, saturation_threshold: 1, relative_saturation: false }])],
    files: {
      ...good,
      'test/logical_anomalies/0.png': picture,
      'ground_truth/logical_anomalies/0/0.png': mask,
    },
    read: async (dir) => readAll(await node.mvtecLoco(dir)),
  },
  'real-iad list': {
    form: 'json',
    target: 'toy.json',
    seeds: [
      bytesOf({
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
    read: async (dir) => readAll(await node.realIad(join(dir, 'toy'), { list: join(dir, 'toy.json') })),
  },
  'disputed list': {
    form: 'text',
    target: 'disputed.csv',
    seeds: [bytesOf('file,reason\ntrain/good/0.png,"tool mark, within tolerance"\n')],
    files: {},
    read: async (dir) => node.readBorderline(join(dir, 'disputed.csv')),
  },
  roles: await rolesKind(),
};
