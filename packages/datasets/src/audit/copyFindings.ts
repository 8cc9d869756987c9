import type { Role, Sample } from '../dataset.js';
import type { Nearness } from './duplicates.js';
import type { SampleFeatures } from './features.js';
import { finding, groupBy, ids, type Finding, type UseOf } from './findings.js';
import { orientations } from './prints.js';

/**
 * Copies of one file, and what they mean.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns findings
 */
export function copyFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const findings: Finding[] = [];
  for (const same of groupBy(all, ({ hash }) => hash).values()) {
    if (same.length === 1) continue;
    const files = ids(...same);
    const names = (of: (one: SampleFeatures) => string): string => [...new Set(same.map(of))].join(' and ');
    const labels = new Set(same.map(({ sample }) => sample.label));
    if (labels.size > 1) {
      findings.push(finding('label-conflict', files, `One file, ${same.length} times, is both good and defective.`));
    } else if (new Set(same.map(({ sample }) => sample.defect)).size > 1) {
      const types = names(({ sample }) => `'${sample.defect}'`);
      findings.push(finding('type-conflict', files, `One file is of the types ${types}.`));
    }
    const uses = rolesOf(same, useOf);
    if (uses.length > 1) {
      findings.push(finding('leak', files, `One file is in the roles ${uses.join(' and ')}.`));
    } else {
      findings.push(finding('duplicate', files, `${same.length} files have the same content.`));
    }
  }
  return findings;
}

/**
 * Files of other content that show one picture, and what that means.
 *
 * @param nearness - what was compared
 * @param useOf - what each is used for
 * @returns findings
 */
export function nearFindings({ near }: Nearness, useOf: UseOf): Finding[] {
  const findings: Finding[] = [];
  for (const { a, b, difference, way } of near) {
    const turned = way === 0 ? '' : `, once ${orientations[way]!}`;
    const message = `Both files show one picture${turned}: they differ by ${difference.toFixed(2)} of 255 grey levels on average.`;
    if (a.sample.label !== b.sample.label) {
      findings.push(finding('near-conflict', ids(a, b), `${message} One is good, the other defective.`));
    }
    const uses = rolesOf([a, b], useOf);
    findings.push(
      uses.length < 2
        ? finding('near-duplicate', ids(a, b), message)
        : finding('near-leak', ids(a, b), `${message} Roles: ${uses.join(' and ')}.`),
    );
  }
  return findings;
}

/**
 * Groups (views of one part, frames of one video) whose pictures have several roles.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @param groupOf - the group of each; undefined where it has none
 * @returns findings
 */
export function groupFindings(
  all: readonly SampleFeatures[],
  useOf: UseOf,
  groupOf: (sample: Sample) => string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const groups = groupBy(all, ({ sample }) => groupOf(sample));
  for (const [group, some] of groups) {
    if (group === undefined) continue;
    const uses = rolesOf(some, useOf);
    if (uses.length < 2) continue;
    const message = `Part '${group}' has pictures in the roles ${uses.join(' and ')}.`;
    findings.push(finding('group-leak', ids(...some), message));
  }
  return findings;
}

/** Roles of samples, each once; those without one (disputed, left out) cannot leak. */
function rolesOf(some: readonly SampleFeatures[], useOf: UseOf): Role[] {
  return [...new Set(some.map(useOf))].filter((use) => use !== undefined);
}
