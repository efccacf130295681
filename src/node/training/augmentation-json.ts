import type { Augmentation } from '../../image/augment.ts';
import type { JsonFields } from '../../weights/json.ts';
import { readAtLeast, readRange, refuseOthers } from './config-json.ts';

/** Reads `augmentation` of a training config. @throws SyntaxError that names file and field */
export function readAugmentation(fields: JsonFields): Augmentation {
  refuseOthers(fields, ['crop', 'affine', 'colour', 'background']);
  const part = <T>(key: string, read: (found: JsonFields) => T): Record<string, T> => {
    const found = fields.object(key);
    return found ? { [key]: read(found) } : {};
  };
  return {
    ...(fields.keys.includes('crop') && fields.value('crop') === undefined ? { crop: null } : part('crop', readCrop)),
    ...part('affine', readAffine),
    ...part('colour', (colour) => readNumbers(colour, ['brightness', 'contrast', 'saturation', 'hue', 'grey'])),
    ...part('background', readBackground),
  };
}

function readCrop(fields: JsonFields): NonNullable<Augmentation['crop']> {
  refuseOthers(fields, ['scale', 'ratio']);
  return readRanges(fields, ['scale', 'ratio']);
}

function readAffine(fields: JsonFields): NonNullable<Augmentation['affine']> {
  refuseOthers(fields, ['rotate', 'translate', 'shear', 'scale']);
  const { scale, ...numbers } = {
    ...readRanges(fields, ['scale']),
    ...someNumbers(fields, ['rotate', 'translate', 'shear']),
  };
  return { ...numbers, ...(scale && { scale }) };
}

function readBackground(fields: JsonFields): NonNullable<Augmentation['background']> {
  refuseOthers(fields, ['probability', 'colours']);
  const colours = fields.value('colours');
  const isColour = (value: unknown) =>
    Array.isArray(value) && value.length === 3 && value.every((level) => level >= 0 && level <= 255);
  if (colours !== undefined && !(Array.isArray(colours) && colours.length > 0 && colours.every(isColour)))
    fields.fail('colours', 'a list of colours, three numbers from 0 to 255 each');
  return {
    ...someNumbers(fields, ['probability']),
    ...(colours !== undefined && { colours: colours as [number, number, number][] }),
  };
}

function readNumbers<Key extends string>(fields: JsonFields, keys: readonly Key[]): { [K in Key]?: number } {
  refuseOthers(fields, keys);
  return someNumbers(fields, keys);
}

function someNumbers<Key extends string>(fields: JsonFields, keys: readonly Key[]): { [K in Key]?: number } {
  const given = keys.filter((key) => fields.value(key) !== undefined);
  return Object.fromEntries(given.map((key) => [key, readAtLeast(fields, key, 0)])) as { [K in Key]?: number };
}

function readRanges<Key extends string>(
  fields: JsonFields,
  keys: readonly Key[],
): { [K in Key]?: readonly [number, number] } {
  const given = keys.filter((key) => fields.value(key) !== undefined);
  const ranges = given.map((key) => [key, readRange(fields, key, Number.MIN_VALUE)] as const);
  return Object.fromEntries(ranges) as { [K in Key]?: readonly [number, number] };
}
