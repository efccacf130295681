import type { Command } from 'commander';
import { findTemplateSet, type TemplateSet, templateSets } from '../classify/template-sets.ts';
import { addModelOptions, jsonOption, workersOption } from './options.ts';
import { printJson, table } from './output.ts';
import { addClassesFileOption, addTemplateOptions } from './prompt-options.ts';
import { selectOnPictures } from './prompts-select.ts';
import { UsageError } from './usage.ts';

export function addPrompts(program: Command): void {
  const command = program.command('prompts').summary('show templates, or choose those that suit your pictures');
  command
    .command('list')
    .summary('show the templates that ship')
    .description(
      'Show the sets of templates that ship, or the templates of one, one a line, as --templates-file takes them.',
    )
    .argument('[set]', 'e.g. openai-80')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  $ clip-tfjs prompts list\n  $ clip-tfjs prompts list food101 > templates.txt')
    .action(list);
  const select = command
    .command('select')
    .summary('choose the templates that suit your pictures')
    .description(
      "Choose templates on labelled pictures, as OpenAI chose seven of ImageNet's eighty: the one that makes the ensemble most accurate is added, until none does. Two thirds of the pictures, drawn by a fixed seed, choose; the others measure the choice.",
    )
    .argument('<data>', 'a folder with a folder for each label, or a table (.csv, .tsv) of pictures and labels');
  addTemplateOptions(addClassesFileOption(addModelOptions(select)))
    .option('--image-column <name>', "the table's column of picture files", 'filepath')
    .option('--label-column <name>', "the table's column of labels", 'label')
    .option('-o, --out <path>', 'a file to write the chosen templates to, one a line')
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      '\nExample:\n  $ clip-tfjs prompts select pictures/ --model clip-vit-base-patch32 --template-set openai-80 --out templates.txt\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --labels "cat,dog" --templates-file templates.txt',
    )
    .action(selectOnPictures);
}

function list(name: string | undefined, { json }: { json?: boolean }): void {
  const set = name === undefined ? undefined : found(name);
  if (json) printJson(set ?? templateSets);
  else if (set) console.log(set.templates.join('\n'));
  else {
    const rows = Object.entries(templateSets).map(([key, { templates, source }]) => [
      key,
      `${templates.length}`,
      source,
    ]);
    console.log(table([['set', 'templates', 'source'], ...rows]));
  }
}

function found(name: string): TemplateSet {
  try {
    return findTemplateSet(name);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
