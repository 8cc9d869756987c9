/**
 * Quickstart: from pictures of good parts to a tested, saved detector, without a download.
 *
 * Run it with `npm run quickstart`; it takes a few minutes on two cores. It writes `runs/quickstart/`: the detector
 * (`bundle/`), a report to open in a browser (`report.html`) and every figure as JSON (`results.json`). Each `// %%` begins
 * a cell, for editors that run cells one by one.
 */
import { writeFileAtomic } from '@adlib/core/node';
import { assignRoles, samplesByRole, synthetic } from '@adlib/datasets';
import { ConvAutoencoder, createDetector } from '@adlib/models';
import { calibrate, evaluate, train } from '@adlib/pipeline';
import { loadBundle, saveBundle } from '@adlib/pipeline/node';
import { renderReport } from '@adlib/report';
import { decide } from '@adlib/thresholds';

// %% Parts
// Drawn screws stand in for a camera: good ones to learn from, and for testing good ones and ones with a dent, a missing
// piece, a scratch or a stain, each with a mask that says where. For your own pictures use `mvtec(dir)` or
// `folder({ good, defective })` from `@adlib/datasets/node` here; nothing below changes.
const out = 'runs/quickstart';
const seed = 1;
const dataset = synthetic('screw', { seed, good: 150, testGood: 40, defective: 80, size: 128 });

// %% Roles
// Every picture gets one role, once: train, validation (when to stop), calibration (where to put the threshold) or test.
// Nothing is ever fitted or chosen on test.
const roles = await samplesByRole(dataset, await assignRoles(dataset, { seed }));
console.log(
  Object.entries(roles)
    .map(([role, samples]) => `${samples.length} ${role}`)
    .join(', '),
);

// %% Train
// A convolutional autoencoder learns to redraw good screws. What it cannot redraw is not good: the score of a pixel is how
// far the redrawn picture is off there, and the score of a picture is its worst place. A small network keeps this
// quick; the defaults are larger.
const detector = new ConvAutoencoder({
  size: [64, 64],
  widths: [32, 64, 64],
  epochs: 60,
  batchSize: 4,
  learningRate: 0.01,
  patience: 20,
  sigma: 2,
  aggregation: 'max',
});
let told = 0;
const training = await train(detector, roles, {
  name: dataset.name,
  seed,
  onProgress: ({ stage, done, total, values }) => {
    if (Date.now() - told < 10_000) return;
    told = Date.now();
    const figures = Object.entries(values ?? {}).map(([name, value]) => `, ${name} ${Number(value.toPrecision(3))}`);
    console.log(`${stage} ${done}/${total ?? '?'}${figures.join('')}`);
  },
});
console.log(`trained in ${training.seconds.toFixed(0)} s`);

// %% Calibrate
// The threshold comes from good pictures that took no part in training: mean + 2 standard deviations of their scores.
const { threshold, summary, mapRange } = await calibrate(detector, roles.calibration, 'meanPlusSigma', {
  ruleOptions: { k: 2 },
});

// %% Evaluate
// Image AUROC is the chance that a defective screw scores higher than a good one; AUPRO says how well the maps find the
// defects themselves. Read the warnings before any figure.
const { results, samples } = await evaluate(detector, threshold, roles.test, {
  name: dataset.name,
  seen: new Set(training.seen),
  provenance: { seed },
});
await writeFileAtomic(`${out}/results.json`, `${JSON.stringify(results, null, 2)}\n`);
await writeFileAtomic(`${out}/report.html`, renderReport(results, { samples }));

// %% Save
// Two files: what was learned, and everything needed to use it and to know where it comes from. They are replaced together
// or not at all.
await saveBundle(`${out}/bundle`, {
  detector,
  threshold,
  provenance: { training, calibration: { scores: summary, mapRange } },
});
detector.dispose();

// %% Predict
// Later, or elsewhere: load the bundle and decide on one picture.
const bundle = await loadBundle(`${out}/bundle`, createDetector);
const part = roles.test.find(({ label }) => label === 'defective')!;
const [detection] = await bundle.detector.score([await part.image()]);
bundle.detector.dispose();

// %% Summary
const { image, pixel, counts } = results;
console.log(`
${counts.good} good and ${counts.defective} defective test images
image AUROC ${image.auroc?.toFixed(3)}, pixel AUROC ${pixel?.auroc?.toFixed(3)}, AUPRO ${pixel?.aupro?.toFixed(3)}
at the threshold: ${image.confusion.tp} found, ${image.confusion.fn} missed, ${image.confusion.fp} false alarms
${part.id} scores ${detection!.score.toPrecision(3)} against ${threshold.value.toPrecision(3)}: ${decide(threshold, detection!.score)}
wrote ${out}/report.html, ${out}/results.json and ${out}/bundle/`);
results.warnings.forEach((warning) => console.log(`warning: ${warning}`));
