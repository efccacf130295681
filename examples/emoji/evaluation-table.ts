import { measures, type Result } from './measures.ts';

/** The results as a table in Markdown, beside the reference and the goal. */
export function evaluationTable(results: readonly Result[]): string {
  const pair = (accuracy?: { top1: number; top5: number }) =>
    accuracy ? `${accuracy.top1.toFixed(2)} / ${accuracy.top5.toFixed(2)}` : '–';
  const rows = results.map(({ name, drawings, labels, ...accuracy }) => {
    const { reference, goal } = measures.find((measure) => measure.name === name) ?? {};
    return [name, `${drawings} among ${labels}`, pair(reference), pair(goal), pair(accuracy)];
  });
  return [
    ['drawings, top-1 / top-5', 'how many, labels', 'PyTorch reference', 'goal', 'emoji-clip'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
