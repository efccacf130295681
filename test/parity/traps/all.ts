import { kernelTraps } from './kernels.ts';
import { meaningTraps } from './meaning.ts';
import { missingGradients } from './missing-gradients.ts';
import type { Trap } from './trap.ts';
import { wrongGradients } from './wrong-gradients.ts';

/** What is not used, or used in one form only, because a backend has it wrong: docs/operator-traps.md. */
export const traps: readonly Trap[] = [...kernelTraps, ...missingGradients, ...wrongGradients, ...meaningTraps];

/** The rows of the table in docs/operator-traps.md. */
export function trapRows(): string[] {
  return traps.flatMap(({ name, wrong, rule }) =>
    wrong.map(
      ({ on, happens }) => `| ${name} | ${on.length === 5 ? 'every backend' : on.join(', ')} | ${happens} | ${rule} |`,
    ),
  );
}
