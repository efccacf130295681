import type { BadPlace } from '../node/labelled-pictures.ts';
import type { ModelOptions } from './options.ts';
import type { ClassOptions, TemplateOptions } from './prompt-options.ts';
import { UsageError } from './usage.ts';

export type EvaluateCommand = ModelOptions &
  ClassOptions &
  TemplateOptions & {
    classifier?: string;
    task: 'classification' | 'retrieval';
    imageColumn?: string;
    labelColumn?: string;
    textColumn?: string;
    conceptColumn?: string;
    report?: string;
    workers: number | 'auto';
    exifRotate?: boolean;
  };

/** Options that one task has and the other does not. */
const unused = {
  classification: { textColumn: '--text-column', conceptColumn: '--concept-column' },
  retrieval: {
    labelColumn: '--label-column',
    labels: '--labels',
    labelsFile: '--labels-file',
    classesFile: '--classes-file',
    classifier: '--classifier',
  },
} as const;

/** @throws UsageError on an option that the task has no use for */
export function refuseUnused(options: EvaluateCommand): void {
  for (const [name, flag] of Object.entries(unused[options.task]))
    if (options[name as keyof EvaluateCommand] !== undefined)
      throw new UsageError(`Cannot evaluate: ${flag} is of no use with --task ${options.task}; leave it out`);
}

/** Says of what cannot be used where it stands and why, the first few of many. */
export function tellBad(bad: readonly BadPlace[]): void {
  for (const { place, reason } of bad.slice(0, 20)) console.error(`left out ${place}: ${reason}`);
  if (bad.length > 20) console.error(`left out ${bad.length - 20} more`);
}
