import type { Scalar } from './events.ts';

/** What says where a line belongs, and is no curve. */
const places = new Set(['step', 'epoch']);

/**
 * Every number of a log's line as a scalar: `loss` of a step as `train/loss`, of an epoch `meanLoss` as `epoch/meanLoss`, and
 * what is nested by its path, `validation/imageToText/recall@1`. A null, which stands for what is not finite, is NaN, which
 * TensorBoard marks.
 */
export function logScalars(entry: object): Scalar[] {
  const group = 'step' in entry ? 'train' : 'epoch';
  return Object.entries(entry).flatMap(([name, value]) => {
    if (places.has(name)) return [];
    return isRecord(value) ? scalarsUnder(name, value) : scalarsUnder(group, { [name]: value });
  });
}

function scalarsUnder(path: string, values: Record<string, unknown>): Scalar[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const tag = `${path}/${name}`;
    if (isRecord(value)) return scalarsUnder(tag, value);
    if (value === null) return [{ tag, value: Number.NaN }];
    return typeof value === 'number' ? [{ tag, value }] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
