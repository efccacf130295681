import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { type ModelParts, modelParts } from './model-hash.ts';

/**
 * Compares the parts that both have: the image tower alone is enough to use a classifier or a probe.
 * @param what it is, and how another is made, e.g. `the classifier c.safetensors` and `calibrate this one`
 * @throws ModelError where it is of another model: its vectors mean nothing to this one
 */
export async function assertMadeWith(what: string, model: ModelParts, clip: Clip, cure: string): Promise<void> {
  const found = await modelParts(clip);
  const shared = (['image', 'text', 'logScale'] as const).filter(
    (part) => model[part] !== undefined && found[part] !== undefined,
  );
  const other = shared.find((part) => model[part] !== found[part]);
  if (other === undefined && shared.some((part) => part !== 'logScale')) return;
  const called = { image: 'image tower', text: 'text tower', logScale: 'multiplier of cosines' };
  const short = (part: string | number | undefined) => (typeof part === 'string' ? `${part.slice(0, 12)}...` : part);
  const difference = other
    ? `got another one: the ${called[other]} was ${short(model[other])}, here it is ${short(found[other])}`
    : 'no tower of it is loaded';
  throw new ModelError(
    `Cannot use ${what}: expected the model that it was made with but ${difference}; name that model, or ${cure}`,
  );
}
