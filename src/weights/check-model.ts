import { checkConfig } from '../check-config.ts';
import type { ClipConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { parameterShapes, type Towers } from '../parameters.ts';
import { outputFirstShape } from './axes.ts';
import { isIgnoredBuffer } from './names.ts';
import type { OpenModel } from './open-model.ts';

/**
 * Checks by its header alone that a model is whole and nothing else: every tensor's name and shape.
 * @param asked which encoders are wanted; by default all that the config names
 * @returns those encoders, and the shapes of their parameters
 * @throws ModelError on a missing, unused or misshapen tensor, and on a config that no model can have
 */
export function checkModel(
  model: OpenModel,
  asked?: Towers,
): { towers: Towers; shapes: Map<string, readonly number[]> } {
  const towers = asked ?? towersOf(model.config);
  const { missing, misshapen, unused } = compareTensors(model, towers);
  const faults = [
    ...misshapen,
    ...missing.map((key) => `'${key}' is missing`),
    ...unused.map((key) => `'${key}' is not part of the model`),
  ];
  if (faults.length === 0) return { towers, shapes: parameterShapes(model.config, towers) };
  const more = faults.length > 8 ? `; and ${faults.length - 8} more` : '';
  throw new ModelError(
    `Cannot load ${model.label}: config and tensors disagree: ${faults.slice(0, 8).join('; ')}${more}`,
  );
}

/** Those encoders that a config names. */
export function towersOf({ vision, text }: ClipConfig): Towers {
  return vision && text ? 'both' : vision ? 'image' : 'text';
}

/** How a file's tensors differ from what its config asks for, by the file's own names. */
export type TensorFaults = {
  missing: string[];
  /** Name, expected and found shape, as a text. */
  misshapen: string[];
  /** In the file, and not part of the model. */
  unused: string[];
  /** Buffers that published files carry beside the weights, and that are passed over. */
  ignored: string[];
};

/**
 * Compares names and shapes: the asked towers must be whole, and nothing may be left over that neither tower explains.
 * @throws ModelError on a config that no model can have
 */
export function compareTensors(model: OpenModel, towers: Towers): TensorFaults {
  const { tensors, config, names } = model;
  checkConfig(config);
  checkDepth(model);
  const asked = parameterShapes(config, towers);
  const explained = new Set<string>();
  const faults: TensorFaults = { missing: [], misshapen: [], unused: [], ignored: [] };
  for (const [name, shape] of parameterShapes(config)) {
    const { keys, outputFirst } = names(name);
    const [first, ...rest] = outputFirst ? outputFirstShape(shape) : shape;
    const expected = first === undefined ? [] : [first / keys.length, ...rest];
    for (const key of keys) {
      explained.add(key);
      const found = tensors.tensors.get(key)?.shape;
      if (found && found.join() !== expected.join())
        faults.misshapen.push(`'${key}' should be [${expected.join(', ')}] but is [${found.join(', ')}]`);
      if (!found && asked.has(name)) faults.missing.push(key);
    }
  }
  for (const key of tensors.tensors.keys())
    if (!explained.has(key)) (isIgnoredBuffer(key) ? faults.ignored : faults.unused).push(key);
  return faults;
}

/** A config may name a billion layers; none is looked for before it is clear that the file could hold them. */
function checkDepth({ label, config: { vision, text }, tensors }: OpenModel): void {
  const layers = [vision?.layers ?? 0, text?.layers ?? 0].flat().reduce((sum, count) => sum + count, 0);
  if (layers > tensors.tensors.size) {
    throw new ModelError(
      `Cannot load ${label}: its config has ${layers} layers but the file ${tensors.tensors.size} tensors`,
    );
  }
}
