import { fillTemplate } from './templates.ts';

/** What is said of a class. */
export type ClassPrompts = {
  name: string;
  /** Other names; each is put into every template, as the name is. */
  synonyms?: readonly string[];
  /** Whole sentences, used as they are. */
  descriptions?: readonly string[];
};

/** A class with nothing left open. */
export type FullClass = Required<ClassPrompts>;

/**
 * Fills in what classes leave out, and refuses what no classifier can be made of.
 * @param classes names, or names with synonyms and descriptions
 * @throws RangeError on no class or template, on a name that is there twice (among synonyms too: what two classes are both called
 * cannot tell them apart), on an empty text, on a template without `{}` and on a description with it
 */
export function toClasses(
  classes: readonly (string | ClassPrompts)[],
  templates: readonly string[],
  action = 'Cannot build classifier',
): FullClass[] {
  if (classes.length === 0 || templates.length === 0) {
    const missing = classes.length === 0 ? 'class name' : 'template';
    throw new RangeError(`${action}: expected at least one ${missing}`);
  }
  for (const template of templates) fillTemplate(template, '');
  const full = classes.map((entry) => ({
    synonyms: [],
    descriptions: [],
    ...(typeof entry === 'string' ? { name: entry } : entry),
  }));
  const owners = new Map<string, string>();
  for (const { name, synonyms, descriptions } of full) {
    for (const text of [name, ...synonyms, ...descriptions])
      if (text.trim() === '') throw new RangeError(`${action}: a text of class '${name}' is empty`);
    for (const called of [name, ...synonyms]) {
      const owner = owners.get(called);
      if (owner === called && called === name) throw new RangeError(`${action}: class '${name}' is named twice`);
      if (owner !== undefined)
        throw new RangeError(`${action}: '${called}' is a name of class '${owner}' and again of '${name}'`);
      owners.set(called, name);
    }
    const template = descriptions.find((text) => text.includes('{}'));
    if (template !== undefined)
      throw new RangeError(
        `${action}: expected a whole sentence as description of class '${name}' but got '${template}'; what has {} is a template`,
      );
  }
  return full;
}

/** All prompts of a class: template by template with each of its names, then its descriptions. */
export function promptsOf({ name, synonyms, descriptions }: FullClass, templates: readonly string[]): string[] {
  const names = [name, ...synonyms];
  return [...templates.flatMap((template) => names.map((called) => fillTemplate(template, called))), ...descriptions];
}

/** How many prompts a class has: no text is made for it. */
export function promptCount({ synonyms, descriptions }: FullClass, templates: readonly string[]): number {
  return templates.length * (1 + synonyms.length) + descriptions.length;
}
