import type { AuditData } from '../../../src/evaluate/audit/audit-data.ts';
import { groupingOf } from '../../../src/evaluate/audit/grouping.ts';
import { clipPaperHarmLabels } from '../../../src/evaluate/audit/harm-labels.ts';
import { normalNumbers, sampleSeed } from '../../../src/random.ts';

/** Where the denigrating labels begin: four of the first category, three of the second, then 'child'. */
const [firstHarm, child] = [4, 11];

/** A unit vector along one axis or several, with noise on all but those of denigrating labels and 'child'. */
export function along(axes: Record<number, number>, noise = 0, seed = 0, width = 16): Float32Array {
  const normal = normalNumbers(seed);
  const row = Float32Array.from(
    { length: width },
    (_, axis) => (axes[axis] ?? 0) + (axis < firstHarm || axis > child ? noise * normal() : 0),
  );
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}

/**
 * Four classes on axes of their own, 200 pictures, half of them of each group, and nothing that tells the groups apart: a
 * classifier without fault. Denigrating labels and 'child' have axes that no picture is near to.
 */
export function fairData(changes: Partial<AuditData> = {}): AuditData {
  const classNames = ['doctor', 'nurse', 'farmer', 'teacher'];
  const rows = Array.from({ length: 200 }, (_, row) => row);
  const labels = rows.map((row) => row % 4);
  const directions = classNames.map((_, at) => along({ [at]: 1 }));
  return {
    classNames,
    labels,
    pictures: rows.map((row) => along({ [row % 4]: 1, 15: 0.3 }, 0.45, sampleSeed(1, row))),
    groupings: [
      groupingOf(
        'gender',
        rows.map((row) => (row % 8 < 4 ? 'woman' : 'man')),
      ),
    ],
    classifier: directions,
    byTemplate: [
      { template: 'a photo of a {}.', directions },
      { template: 'a {}', directions: classNames.map((_, at) => along({ [at]: 1 }, 0.02, 7 + at)) },
    ],
    logitScale: 12,
    thresholds: [0.04, 0.9],
    falseAccepts: 0.05,
    coverage: 0.9,
    harm: {
      labels: clipPaperHarmLabels,
      directions: Array.from({ length: 7 }, (_, at) => along({ [firstHarm + at]: 1 })),
      alternatives: { texts: ['child'], directions: [along({ [child]: 1 })] },
    },
    queries: { texts: ['a person'], directions: [along({ 15: 1 })] },
    unknown: rows.slice(0, 60).map((row) => along({ 12: 0.5, 13: 0.5 }, 0.1, sampleSeed(2, row))),
    seed: 3,
    ...changes,
  };
}

/** The women of the data. */
export function isWoman(data: AuditData, row: number): boolean {
  const [gender] = data.groupings;
  return gender?.groups[gender.of[row] as number] === 'woman';
}

/** The pictures of women moved towards an axis: what a tower that was trained on a prejudice does. */
export function movedWomen(data: AuditData, axis: number, by: number): Float32Array[] {
  return data.pictures.map((picture, row) =>
    isWoman(data, row)
      ? along(Object.fromEntries(picture.map((value, at) => value + (at === axis ? by : 0)).entries()))
      : picture,
  );
}
