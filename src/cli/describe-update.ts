import type { CaptionUpdate } from '../node/indexing/update-captions.ts';
import type { IndexUpdate } from '../node/indexing/update-index.ts';

const number = (count: number): string => count.toLocaleString('en');

/** Reasons that are told; a folder of thousands that cannot be read would hide all else. */
const mostTold = 20;

/** Says of unreadable files, those of earlier runs too, where they are and why. */
export function tellFailures({ failed }: Pick<IndexUpdate, 'failed'>): void {
  for (const { path, reason } of failed.slice(0, mostTold)) console.error(`cannot read ${path}: ${reason}`);
  if (failed.length > mostTold) console.error(`and ${number(failed.length - mostTold)} more; --json has all`);
}

/** What was done, in a few lines. */
export function describeUpdate(store: string, rows: number, result: IndexUpdate): string {
  const { added, changed, renamed, unchanged, failed, vanished, pruned, emptied, forgotten, compacted } = result;
  const counts = { added, changed, renamed, unchanged, failed: failed.length, vanished: vanished.length + pruned };
  const lines = [
    `${store}: ${number(rows)} pictures`,
    Object.entries(counts)
      .map(([name, count]) => `${name} ${number(count)}`)
      .join(', '),
    ...emptied.map(
      (folder) =>
        `${folder} has no pictures any more: those of the index stay. Is its disk there? If they are gone for good, --forget it`,
    ),
  ];
  if (pruned > 0) lines.push(`pruned ${number(pruned)}`);
  else if (vanished.length > 0 && emptied.length === 0)
    lines.push('what has vanished is still found; --prune removes it');
  for (const { folder, pictures } of forgotten) {
    const what = pictures > 0 ? `${number(pictures)} of its pictures went with it` : 'none of its pictures were left';
    lines.push(`${folder} is no folder of the index any more; ${what}`);
  }
  if (compacted) lines.push('compacted');
  return lines.join('\n');
}

export function describeCaptions(store: string, rows: number, result: CaptionUpdate): string {
  const { added, unchanged, vanished, pruned } = result;
  const counts = { added, unchanged, vanished: vanished + pruned };
  const listed = Object.entries(counts).map(([name, count]) => `${name} ${number(count)}`);
  const lines = [`${store}: ${number(rows)} captions`, listed.join(', ')];
  if (pruned > 0) lines.push(`pruned ${number(pruned)}`);
  else if (vanished > 0) lines.push('what has vanished is still found; --prune removes it');
  return lines.join('\n');
}
