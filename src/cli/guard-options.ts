import type { Command } from 'commander';
import { defaultTemplates } from '../classify/templates.ts';
import { modelTemplates } from '../node/model-templates.ts';
import { defaultDrop, type GuardChoice } from '../node/training/guard.ts';
import { readMeasured } from './measured-data.ts';
import { collect } from './options.ts';
import { parseShare } from './parsers.ts';
import { readTemplateOptions } from './prompt-options.ts';
import type { TrainingCommand } from './training-options.ts';
import { UsageError } from './usage.ts';

const action = 'Cannot guard';

export type GuardCommand = {
  guard?: string;
  guardTemplate?: string[];
  guardDrop?: number;
  guardStop?: boolean;
};

/** The forgetting meter of `finetune`. */
export function addGuardOptions(command: Command): Command {
  return command
    .option(
      '--guard <path>',
      'other pictures, to see what is forgotten: a folder per class, a table with a column label, or pairs',
    )
    .option(
      '--guard-template <text>',
      "for its labels, may be repeated: a sentence with {} (default: the model's own, else 'a photo of a {}.')",
      collect,
    )
    .option(
      '--guard-drop <share>',
      `warn where its accuracy (of pairs: recall@1) falls by more (default: ${defaultDrop})`,
      parseShare,
    )
    .option('--guard-stop', 'end the run where it does, and keep weights from before');
}

/** Before a model is loaded. @throws UsageError on a guard set that cannot be used, and on options of one that is not given */
export async function readGuardChoice(
  model: string,
  options: GuardCommand & TrainingCommand,
): Promise<GuardChoice | undefined> {
  const { guard, guardTemplate, guardDrop, guardStop, imageColumn, textColumn, conceptColumn } = options;
  if (guard === undefined) {
    if ([guardTemplate, guardDrop, guardStop].some((option) => option !== undefined))
      throw new UsageError(`${action}: expected --guard with pictures to measure; the other --guard-… options need it`);
    return undefined;
  }
  const templates = () => chooseTemplates(model, guardTemplate);
  const data = await readMeasured(guard, { imageColumn, textColumn, conceptColumn }, templates, action);
  if (guardTemplate !== undefined && !('classes' in data.said))
    throw new UsageError(
      `${action}: --guard-template is of no use, for ${guard} has captions, not labels; leave it out`,
    );
  return { data, stop: guardStop === true, ...(guardDrop !== undefined && { drop: guardDrop }) };
}

/** Those that are given, else those that the model asks for, which is said, or the single default. */
async function chooseTemplates(model: string, given: string[] | undefined): Promise<readonly string[]> {
  if (given) return readTemplateOptions({ template: given }, action);
  const own = await modelTemplates(model);
  if (!own) return defaultTemplates;
  console.error(`guard: prompts by ${own.length} templates, ${model}'s own; --guard-template chooses others`);
  return own;
}
