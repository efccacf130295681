/** Sentences with `{}` where the class name goes. */

/** OpenAI's single prompt (CLIP, section 3.1.4). */
export const defaultTemplates: readonly string[] = ['a photo of a {}.'];

/**
 * The seven of OpenAI's eighty ImageNet templates that serve nearly as well as all of them.
 * Source: openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb.
 */
export const openaiSevenTemplates: readonly string[] = [
  'itap of a {}.',
  'a bad photo of the {}.',
  'a origami {}.',
  'a photo of the large {}.',
  'a {} in a video game.',
  'art of the {}.',
  'a photo of the small {}.',
];

/** Puts the class name into a template. @throws RangeError on a template without `{}` */
export function fillTemplate(template: string, className: string): string {
  const parts = template.split('{}');
  if (parts.length < 2)
    throw new RangeError(`Cannot fill template '${template}': expected {} where the class name goes`);
  return parts.join(className);
}
