import type { Command } from 'commander';
import type { Clip } from '../clip.ts';
import type { GuardData } from '../node/guard-data.ts';
import { loadClip } from '../node/load.ts';
import { modelHash } from '../node/model-hash.ts';
import { refuseShards } from '../node/picture-of.ts';
import { saveModel } from '../node/training/model-directory.ts';
import { sweepRows } from '../node/wise-ft-report.ts';
import { bestOf, type SweepPoint, sweepAlphas } from '../node/wise-ft-sweep.ts';
import { assertDirectoryWritable, assertFileWritable } from '../node/writable.ts';
import { interpolateClips } from '../train/wise-ft.ts';
import { skippedLine, statusHelp, tellLeftOut } from './left-out.ts';
import { readMeasured } from './measured-data.ts';
import { loadOptions, modelHelp, openClip } from './options.ts';
import { printJson, table } from './output.ts';
import { withProgress } from './progress.ts';
import { readTemplateOptions } from './prompt-options.ts';
import { asUsage } from './usage.ts';
import { action, addWiseFtOptions, refuseUnfit, sweptAlphas, type WiseFtCommand } from './wise-ft-options.ts';
import { sweepFacts, writeSweepReport } from './wise-ft-report.ts';

export function addWiseFt(program: Command): void {
  const command = program
    .command('wise-ft')
    .summary('blend a fine-tuned model with the one it came from')
    .description(
      'Interpolate between the weights of a model and of what fine-tuning made of it (WiSE-FT), to keep most of the old beside the new.',
    )
    .argument('<start>', modelHelp)
    .argument('<tuned>', 'what `finetune` made of it');
  addWiseFtOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs wise-ft clip-vit-base-patch32 my-clip --alpha 0.5 --out my-blend' +
        '\n  $ clip-tfjs wise-ft clip-vit-base-patch32 my-clip --sweep --data new/ --guard old/ --report sweep.html --out my-blend' +
        `\n\nWith --sweep and without --alpha, the model with the greatest sum of both scores is saved: docs/forgetting.md.\n${statusHelp}`,
    )
    .action(run);
}

async function run(start: string, tuned: string, options: WiseFtCommand): Promise<void> {
  refuseUnfit(start, tuned, options);
  if (options.out !== undefined) await assertDirectoryWritable(options.out);
  if (options.report !== undefined) await assertFileWritable(options.report);
  const sets = await readSets(start, options);
  const from = await openClip({ ...options, model: start }, 'both');
  const to = await loadClip(tuned, { ...loadOptions(options), towers: 'both' });
  const hashes = { startHash: await modelHash(from), tunedHash: await modelHash(to) };
  const asked = { start, tuned, ...hashes };
  if (sets) await sweep(from, to, sets, asked, options);
  else {
    const alpha = options.alpha ?? 0.5;
    const saved = await save(from, to, alpha, options.out as string);
    if (options.json) printJson({ ...asked, ...saved });
  }
  from.dispose();
  to.dispose();
}

type Sets = { data: GuardData; guard: GuardData };

async function readSets(start: string, options: WiseFtCommand): Promise<Sets | undefined> {
  const { data, guard, sweep: isSwept, imageColumn, labelColumn, textColumn, conceptColumn } = options;
  if (isSwept === undefined || data === undefined || guard === undefined) return undefined;
  const columns = { imageColumn, textColumn, conceptColumn, ...(labelColumn && { labelColumn }) };
  let asked: Promise<readonly string[]> | undefined;
  const templates = () => (asked ??= readTemplateOptions({ ...options, model: start }, action));
  const read = async (source: string) => {
    const measured = await readMeasured(source, columns, templates, action);
    await asUsage(() => refuseShards(source, measured.pairs));
    return measured;
  };
  return { data: await read(data), guard: await read(guard) };
}

async function sweep(from: Clip, to: Clip, sets: Sets, asked: object, options: WiseFtCommand): Promise<void> {
  const { workers, exifRotate = false, json = false, alpha, out, report } = options;
  const bad = [...sets.data.bad, ...sets.guard.bad];
  const lost = new Set<string>();
  const skip = (path: string, { message: reason }: Error) => {
    if (lost.has(path)) return; // told for the first alpha
    lost.add(path);
    bad.push({ place: path, reason });
    console.error(skippedLine(path, reason));
  };
  const points = await withProgress('pictures of all blends', json, (onProgress) =>
    sweepAlphas(from, to, sweptAlphas(options), sets, { workers, exifRotate, skip, onProgress }),
  );
  const best = bestOf(points);
  const facts = await sweepFacts(asked, sets, (path) => !lost.has(path));
  if (report !== undefined) await writeSweepReport(report, points, facts, bad);
  const saved = out === undefined ? undefined : await save(from, to, alpha ?? best.alpha, out);
  if (json) printJson({ ...facts, points, best: best.alpha, ...(saved && { saved }), bad });
  else console.log(describe(points));
  tellLeftOut(bad.length, json);
}

async function save(from: Clip, to: Clip, alpha: number, out: string): Promise<{ alpha: number; out: string }> {
  const blend = await interpolateClips(from, to, alpha);
  await saveModel(blend, out);
  blend.dispose();
  console.error(`saved the model at alpha ${alpha} to ${out}`);
  return { alpha, out };
}

function describe(points: readonly SweepPoint[]): string {
  const [{ data, guard }] = points as readonly [SweepPoint];
  return `${data.count} new pictures, ${guard.count} of the guard; 95 % intervals in brackets\n${table(sweepRows(points))}`;
}
