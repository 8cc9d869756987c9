/** Trains a detector on files that the visitor picks, and marks defects in others. */
import type { Device, Image } from '@adlib/core';
import { pictureSample, readPicture } from '@adlib/datasets';
import { overlayHeatmap } from '@adlib/report';
import { resolveDevice } from '@adlib/runtime';
import { decide } from '@adlib/thresholds';
import { kinds, learn, type Inspector } from './inspector.js';

const element = (id: string) => document.querySelector<HTMLElement>(`#${id}`)!;
const files = (id: string): File[] => [...((element(id) as HTMLInputElement).files ?? [])];
const say = (text: string): void => {
  element('state').textContent = text;
};

let inspector: (Inspector & { device: Device }) | undefined;

async function train(): Promise<void> {
  const { device, why } = await resolveDevice((element('device') as HTMLSelectElement).value as Device);
  const samples = files('good').map((file) => pictureSample(file, { split: 'train' }));
  const learned = await learn(samples, (element('kind') as HTMLSelectElement).value, {
    device,
    onProgress: ({ stage, done, total }) => say(`${stage} ${done} of ${total ?? '?'} on ${device} (${why})`),
  });
  inspector?.detector.dispose();
  inspector = { ...learned, device };
  (element('inspect') as HTMLButtonElement).disabled = false;
  say(`Learned on ${device}; threshold ${learned.calibration.threshold.value.toPrecision(4)}.`);
}

async function inspect(): Promise<void> {
  const { detector, device, calibration } = inspector!;
  const results = element('results');
  results.replaceChildren();
  for (const file of files('parts')) {
    const image = await readPicture(file);
    const [detection] = await detector.score([image], { device });
    const { score, map } = detection!;
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    const verdict = decide(calibration.threshold, score);
    Object.assign(caption.dataset, { name: file.name, score: String(score), verdict });
    caption.textContent = `${file.name}: ${score.toPrecision(4)}, ${verdict}`;
    figure.append(canvasOf(overlayHeatmap(image, map!, { range: calibration.mapRange! })), caption);
    results.append(figure);
  }
  say(`Inspected ${results.children.length}.`);
}

function canvasOf({ data, width, height }: Image): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[3 * i + c]!;
  canvas.getContext('2d')!.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

for (const kind of Object.keys(kinds)) (element('kind') as HTMLSelectElement).add(new Option(kind));
for (const [id, task] of Object.entries({ train, inspect })) {
  element(id).addEventListener('click', () => {
    say('Working ...');
    task().catch((error: unknown) => say(String(error)));
  });
}
