import { type Command, Option } from 'commander';
import { assertFileWritable } from '../node/writable.ts';
import { evaluateClassification } from './evaluate-classification.ts';
import { type EvaluateCommand, refuseUnused } from './evaluate-options.ts';
import { evaluateTextRetrieval } from './evaluate-retrieval.ts';
import { addModelOptions, workersOption } from './options.ts';
import { addClassOptions, addTemplateOptions } from './prompt-options.ts';

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('measure a model on your own pictures: zero-shot classification, retrieval')
    .description(
      'Measure how often a model is right on your own pictures, how sure it is of that, and what it takes for what.',
    )
    .argument(
      '<data>',
      'a folder with a folder per class, or a table: columns filepath and label, or filepath and title',
    )
    .addOption(
      new Option('--task <name>', 'classification: labels; retrieval: captions')
        .choices(['classification', 'retrieval'])
        .default('classification'),
    );
  addTemplateOptions(addClassOptions(addModelOptions(command)))
    .option('--image-column <name>', "the table's column of picture paths (default: filepath)")
    .option('--label-column <name>', "classification: the table's column of labels (default: label)")
    .option('--text-column <name>', "retrieval: the table's column of captions (default: title)")
    .option(
      '--concept-column <name>',
      "retrieval: the table's column of concepts: rows of one are right answers to each other",
    )
    .option('--report <path>', 'write an HTML file with pictures and diagrams')
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs evaluate photos/ --model clip-vit-base-patch32 --template-set openai-7 --report report.html' +
        '\n  $ clip-tfjs evaluate captions.csv --task retrieval --model clip-vit-base-patch32 --json' +
        "\n\nWithout --labels, the classes are the labels of the data. JSON has CLIP_benchmark's names: docs/evaluate.md.",
    )
    .action(run);
}

async function run(data: string, options: EvaluateCommand): Promise<void> {
  refuseUnused(options);
  if (options.report !== undefined) await assertFileWritable(options.report);
  await (options.task === 'retrieval' ? evaluateTextRetrieval(data, options) : evaluateClassification(data, options));
}
