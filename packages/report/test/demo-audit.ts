import { createRandom } from '@adlib/core';
import { auditKinds, type AuditPicture, type AuditReport, type Finding, type FindingKind } from '@adlib/datasets';

const finding = (kind: FindingKind, files: readonly string[], message: string, usual?: string): Finding => ({
  ...{ kind, level: auditKinds[kind].level, title: auditKinds[kind].title, files, message },
  ...(usual !== undefined && { usual }),
  ...{ why: auditKinds[kind].why, advice: auditKinds[kind].advice },
});

/** A report with findings of several kinds; `name` stands where text from outside does. */
export function demoAudit(name = 'screw'): AuditReport {
  const leak = [`train/good/${name}.png`, 'test/good/007.png'];
  const dark = Array.from({ length: 9 }, (_, i) => `train/good/dark ${i}.png`);
  const findings = [
    finding('leak', leak, 'One file is in the roles train and test.'),
    finding('mask-empty', [`test/${name}/001.png`], 'Its mask marks no pixel.'),
    ...dark.map((id) => finding('brightness', [id], `Mean brightness of ${id} is 0.3.`, 'train/good/usual.png')),
    finding(
      'class-small',
      Array.from({ length: 9 }, (_, i) => `test/good/00${i}.png`),
      `9 test pictures of '${name}'.`,
    ),
  ];
  return {
    schema: 'adlib.audit/1',
    dataset: name,
    samples: 40,
    findings,
    counts: { error: 2, warning: 9, note: 1 },
    groups: [
      { role: 'train', label: 'good', defect: 'good', samples: 25, withMask: 0 },
      { role: 'test', label: 'good', defect: 'good', samples: 9, withMask: 0 },
      { role: 'test', label: 'defective', defect: name, samples: 4, withMask: 3 },
      { role: null, label: 'defective', defect: name, samples: 2, withMask: 2 },
    ],
    defects: [{ defect: name, masks: 3, regions: 5, share: [0.00012, 0.0015, 0.31], length: [9, 40, 1200] }],
    comparison: { pairs: 42_486, printMatches: 33_188, samePicture: 1 },
    inputSize: [256, 320],
  };
}

/** Pictures of the samples that the report names, those that are shown. */
export function demoPictures(report: AuditReport, [height, width] = [40, 60]): AuditPicture[] {
  const random = createRandom(5);
  const ids = new Set(report.findings.flatMap(({ files, usual }) => (usual === undefined ? files : [...files, usual])));
  return [...ids].map((id) => {
    const data = Uint8Array.from({ length: height * width }, () => 90 + random.integer(60));
    const mask = { data: Uint8Array.from(data, (_, i) => (i % 9 === 0 ? 1 : 0)), width, height };
    return { id, image: { data, width, height, channels: 1 }, ...(id.startsWith('test/') && { mask }) };
  });
}
