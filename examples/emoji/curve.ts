import type { EvaluationLine, LogLine } from './run-folder.ts';

const [width, height] = [720, 240];
const margin = { left: 44, right: 12, top: 28, bottom: 26 };
const colours = ['#1f6feb', '#d1600a', '#1a7f37', '#8250df'];

type Line = { name: string; points: (readonly [x: number, y: number])[] };

/** The loss, and the accuracy on the way, over the steps: a picture that needs nothing else (SVG). */
export function curves(log: readonly LogLine[], evaluations: readonly EvaluationLine[]): string {
  const loss: Line = { name: 'loss, mean of each hundredth of the run', points: means(log, 100) };
  const names = evaluations.at(-1)?.results.map(({ name }) => name) ?? [];
  const accuracies = names.map((name): Line => {
    const points = evaluations.map(({ step, results }) => {
      const { top1 = 0 } = results.find((result) => result.name === name) ?? {};
      return [step, top1] as const;
    });
    return { name: `top-1: ${name}`, points };
  });
  const last = log.at(-1)?.step ?? 1;
  const accuracyHeight = height + 16 * Math.max(0, accuracies.length - 1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + accuracyHeight}" font-family="sans-serif" font-size="11" fill="#444">`,
    '<rect width="100%" height="100%" fill="white"/>',
    plot([loss], last, Math.max(...loss.points.map(([, y]) => y)), height),
    `<g transform="translate(0 ${height})">${plot(accuracies, last, 1, accuracyHeight)}</g>`,
    '</svg>\n',
  ].join('\n');
}

/** The losses of so many stretches of the run, each as one. */
function means(log: readonly LogLine[], stretches: number): Line['points'] {
  const length = Math.max(1, Math.floor(log.length / stretches));
  return Array.from({ length: Math.floor(log.length / length) }, (_, index) => {
    const part = log.slice(index * length, (index + 1) * length);
    return [part.at(-1)!.step, part.reduce((sum, { loss }) => sum + loss, 0) / part.length] as const;
  });
}

/** Lines in one frame, their names above it. */
function plot(lines: readonly Line[], lastStep: number, highest: number, height: number): string {
  const top = margin.top + 16 * Math.max(0, lines.length - 1);
  const x = (step: number) => margin.left + (step / lastStep) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / highest) * (height - margin.bottom - top);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return [
    ...ticks.map(
      (part) =>
        `<path d="M${margin.left} ${y(part * highest).toFixed(1)}H${width - margin.right}" stroke="#ddd"/>` +
        `<text x="${margin.left - 6}" y="${(y(part * highest) + 4).toFixed(1)}" text-anchor="end">${(part * highest).toFixed(2)}</text>` +
        `<text x="${x(part * lastStep).toFixed(1)}" y="${height - 8}" text-anchor="middle">${Math.round(part * lastStep)}</text>`,
    ),
    ...lines.map(({ name, points }, index) => {
      const colour = colours[index % colours.length];
      const path = points.map(([step, value]) => `${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
      return (
        `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
        `<text x="${margin.left}" y="${16 + 16 * index}" fill="${colour}">${name}</text>`
      );
    }),
  ].join('\n');
}
