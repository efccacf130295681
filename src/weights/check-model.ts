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
  checkConfig(model.config);
  checkDepth(model);
  const towers = asked ?? towersOf(model.config);
  const shapes = parameterShapes(model.config, towers);
  checkTensors(model, shapes);
  return { towers, shapes };
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

function towersOf({ vision, text }: ClipConfig): Towers {
  return vision && text ? 'both' : vision ? 'image' : 'text';
}

/** Strict: the asked towers must be whole, and nothing may be left over that neither tower explains. */
function checkTensors({ label, tensors, config, names }: OpenModel, asked: Map<string, readonly number[]>): void {
  const explained = new Set<string>();
  const faults: string[] = [];
  for (const [name, shape] of parameterShapes(config)) {
    const { keys, outputFirst } = names(name);
    const [first, ...rest] = outputFirst ? outputFirstShape(shape) : shape;
    const expected = first === undefined ? [] : [first / keys.length, ...rest];
    for (const key of keys) {
      explained.add(key);
      const found = tensors.tensors.get(key)?.shape;
      if (found && found.join() !== expected.join()) {
        faults.push(`'${key}' should be [${expected.join(', ')}] but is [${found.join(', ')}]`);
      }
      if (!found && asked.has(name)) faults.push(`'${key}' is missing`);
    }
  }
  for (const key of tensors.tensors.keys()) {
    if (!explained.has(key) && !isIgnoredBuffer(key)) faults.push(`'${key}' is not part of the model`);
  }
  if (faults.length === 0) return;
  const more = faults.length > 8 ? `; and ${faults.length - 8} more` : '';
  throw new ModelError(`Cannot load ${label}: config and tensors disagree: ${faults.slice(0, 8).join('; ')}${more}`);
}
