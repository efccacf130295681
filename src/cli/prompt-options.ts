import { type Command, InvalidArgumentError } from 'commander';
import { type ClassPrompts, toClasses } from '../classify/class-prompts.ts';
import { readClasses } from '../classify/read-classes.ts';
import { findTemplateSet, templateSets } from '../classify/template-sets.ts';
import { templatesOfModel } from './default-templates.ts';
import { collect } from './options.ts';
import { readLines, readText, trimmed } from './read-text.ts';
import { asUsage, UsageError } from './usage.ts';

/** How a command is told classes. */
export type ClassOptions = { labels?: string; labelsFile?: string; classesFile?: string };

/** How a command is told templates. */
export type TemplateOptions = { template?: string[]; templatesFile?: string; templateSet?: string };

export function addClassOptions(command: Command): Command {
  return addClassesFileOption(
    command
      .option('-l, --labels <list>', 'labels, separated by commas')
      .option('--labels-file <path>', 'a file with one label a line'),
  );
}

export function addClassesFileOption(command: Command): Command {
  return command.option(
    '--classes-file <path>',
    'labels with synonyms and descriptions: JSON, an array of {"name", "synonyms", "descriptions"}',
  );
}

export function addTemplateOptions(command: Command): Command {
  return command
    .option('-t, --template <text>', 'a sentence with {} for the label; may be given several times', collect)
    .option('--templates-file <path>', 'a file with one template a line')
    .option(
      '--template-set <name>',
      "templates that ship, e.g. openai-80; 'clip-tfjs prompts list' shows all",
      parseTemplateSet,
    );
}

/**
 * The classes of --labels, --labels-file and --classes-file together.
 * @throws UsageError where there are none
 */
export async function readClassOptions(
  { labels, labelsFile, classesFile }: ClassOptions,
  action: string,
): Promise<(string | ClassPrompts)[]> {
  const names = [...trimmed(labels?.split(',') ?? []), ...(await linesOf(labelsFile))];
  const classes = classesFile === undefined ? [] : await readClassesFile(classesFile);
  if (names.length + classes.length === 0)
    throw new UsageError(`${action}: expected labels, e.g. --labels "cat,dog", but got none`);
  return [...names, ...classes];
}

/** The classes of a JSON file. @throws UsageError on what is none */
export async function readClassesFile(path: string): Promise<ClassPrompts[]> {
  const text = await readText(path);
  return asUsage(() => readClasses(text, path));
}

/**
 * The templates of --template-set, --template and --templates-file together.
 * @param otherwise what is used where none of them is given, by default those of the model
 * @throws UsageError where they hold none
 */
export async function readTemplateOptions(
  { template, templatesFile, templateSet, model }: TemplateOptions & { model?: string },
  action: string,
  otherwise?: readonly string[],
): Promise<readonly string[]> {
  if (template === undefined && templatesFile === undefined && templateSet === undefined)
    return otherwise ?? templatesOfModel(model);
  const own = [...trimmed(template ?? []), ...(await linesOf(templatesFile))];
  const templates = [...(templateSet === undefined ? [] : findTemplateSet(templateSet).templates), ...own];
  if (templates.length === 0) throw new UsageError(`${action}: expected templates, e.g. one a line, but got none`);
  return [...new Set(templates)];
}

/** Refuses, before a model is loaded, what no classifier can be made of. @throws UsageError */
export async function refuseUnfitPrompts(
  classes: readonly (string | ClassPrompts)[],
  templates: readonly string[],
  action: string,
): Promise<void> {
  await asUsage(() => toClasses(classes, templates, action));
}

async function linesOf(file: string | undefined): Promise<string[]> {
  return file === undefined ? [] : readLines(file);
}

function parseTemplateSet(name: string): string {
  if (Object.hasOwn(templateSets, name)) return name;
  throw new InvalidArgumentError("'clip-tfjs prompts list' shows the names that there are");
}
