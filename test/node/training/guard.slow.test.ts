import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { readGuardData } from '../../../src/node/guard-data.ts';
import { pairList, takePairs } from '../../../src/node/pair-list.ts';
import { type PairSet, readPairs } from '../../../src/node/pairs.ts';
import { type EpochEntry, isStep, type LogEntry } from '../../../src/node/training/log.ts';
import { trainOnFiles } from '../../../src/node/training/run.ts';
import type { RunOptions, RunResult } from '../../../src/node/training/run-options.ts';
import { defaultSettings, type TrainingSettings } from '../../../src/node/training/settings.ts';
import { type Clip, embedLabelled, guardScore, loadClip, readLabelledPictures, useBackend } from '../../../src/node.ts';
import { onEachBackend } from '../../golden.ts';
import { logOf } from './log-of.ts';
import { shapeClip, writeShapes } from './shapes.ts';

const settings: TrainingSettings = { ...defaultSettings, epochs: 3, batchSize: 6, learningRate: 3e-3, seed: 5 };
const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
const table = (name: string, head: string, rows: readonly string[]) => {
  writeFileSync(join(folder, name), `${head}\n${rows.join('\n')}\n`);
  return join(folder, name);
};
const pictures = writeShapes(folder).map(({ image, text }) => ({ image, text, shape: text.split(' ')[2] as string }));
const rowsOf = (some: typeof pictures) => some.map(({ image, text }) => `${image},${text}`);

/** What is trained on, in two steps an epoch: squares and circles are told apart, crosses and stripes are what is guarded. */
const shapes: PairSet = await readPairs(
  table('pairs.csv', 'filepath,title', rowsOf(pictures.filter(({ shape }) => ['square', 'circle'].includes(shape)))),
);
const guarded = pictures.filter(({ shape }) => ['cross', 'stripes'].includes(shape));
const labels = table(
  'guard.csv',
  'filepath,label',
  guarded.map(({ image, shape }) => `${image},${shape}`),
);
const captions = table('captions.csv', 'filepath,title', rowsOf(guarded));
const guardedPairs = await takePairs((await readPairs(captions)).pairs);
const swapped = (text: string) => text.replace(/cross|stripes/, (shape) => (shape === 'cross' ? 'stripes' : 'cross'));
const templates = ['a {}', 'a red {}'];
const data = await readGuardData(labels, { templates });

type Told = { result: RunResult; entries: LogEntry[]; reports: string[] };

/** Runs to the end, or until the signal; the model is freed. */
async function run(
  options: Partial<RunOptions> & { out: string },
  onEntry: (entry: LogEntry) => void = () => {},
  { clip, training, validation }: { clip: Clip; training: PairSet; validation?: PairSet } = {
    clip: shapeClip(),
    training: shapes,
  },
): Promise<Told> {
  const reports: string[] = [];
  const report = (message: string) => reports.push(message);
  const progress = trainOnFiles(clip, training, validation, { settings, workers: 0, report, ...options });
  const entries: LogEntry[] = [];
  try {
    for (;;) {
      const { done, value } = await progress.next();
      if (done) return { result: value, entries, reports };
      entries.push(value);
      onEntry(value);
    }
  } finally {
    await progress.return(undefined as never);
    clip.dispose();
  }
}

const epochsOf = (entries: readonly LogEntry[]) => entries.filter((entry): entry is EpochEntry => !isStep(entry));

/** What `evaluate` would say of a saved model. */
async function scoreOfSaved(out: string) {
  const clip = await loadClip(out);
  const { pictures: named } = await readLabelledPictures(labels);
  const { pictures: read, embeddings } = await embedLabelled(clip, named, { workers: 0 });
  const classes = ['cross', 'stripes'];
  const indices = read.map(({ label }) => classes.indexOf(label));
  const score = await guardScore(clip, embeddings, { classes, labels: indices, templates });
  clip.dispose();
  return score;
}

describe('trainOnFiles() with a guard set', () => {
  after(() => rmSync(folder, { recursive: true }));

  onEachBackend((backend) => {
    before(() => useBackend(backend));
    const out = join(folder, backend);

    it('measures before the first step, after each epoch and so at the end; the saved model has what it says', async () => {
      const before = tf.memory().numTensors;
      const { result, entries, reports } = await run({ out, guard: { data, drop: 1 } });
      assert.equal(tf.memory().numTensors, before);
      const epochs = epochsOf(entries);
      assert.deepEqual(
        epochs.map(({ epoch }) => epoch),
        [0, 1, 2, 3],
      );
      for (const { guard, best } of epochs)
        assert.deepEqual([guard?.metric, guard?.count, best], ['accuracy', 12, undefined]);
      assert.deepEqual(await scoreOfSaved(out), epochs.at(-1)?.guard);
      assert.deepEqual(result.guard, { before: epochs[0]?.guard, last: epochs.at(-1)?.guard, isOver: false });
      assert.equal(reports.filter((text) => text.includes('the model forgets')).length, 0);
      const report = readFileSync(join(out, 'report.html'), 'utf8');
      assert.match(
        report,
        /Guard: accuracy[\s\S]*what is kept of what the model knew[\s\S]*<th>change in points<\/th>/,
      );
      const again = await run({ out, guard: { data, drop: 1 } });
      assert.deepEqual({ ...again.result, resumedFrom: 0 }, result);
    });

    it('changes nothing of what is learned', async () => {
      const plain = join(folder, `${backend}-plain`);
      await run({ out: plain });
      assert.deepEqual(readFileSync(join(plain, 'model.safetensors')), readFileSync(join(out, 'model.safetensors')));
      assert.deepEqual(logOf(plain).filter(isStep), logOf(out).filter(isStep));
    });

    it('stopped and cut off anywhere, it has the log of a run that was not', async () => {
      const parts = join(folder, `${backend}-parts`);
      const guard = { data, drop: 1 };
      for (const at of [1, 3]) {
        const stop = new AbortController();
        await run({ out: parts, guard, signal: stop.signal }, (entry) => {
          if (isStep(entry) && entry.step === at) stop.abort();
        });
      }
      for (const at of [5])
        await assert.rejects(
          run({ out: parts, guard, checkpointSeconds: 0 }, (entry) => {
            if (isStep(entry) && entry.step === at) throw new Error('cut off');
          }),
          /cut off/,
        );
      const { result } = await run({ out: parts, guard });
      assert.deepEqual(logOf(parts), logOf(out));
      assert.equal(result.guard?.before.value, (logOf(out)[0] as EpochEntry).guard?.value);
      assert.deepEqual(readFileSync(join(parts, 'model.safetensors')), readFileSync(join(out, 'model.safetensors')));
    });
  });

  describe('that falls', () => {
    const known = join(folder, 'known');
    /** Crosses are called stripes, and stripes crosses: whoever learns that forgets. */
    const wrong: PairSet = {
      ...shapes,
      pairs: pairList(guardedPairs.map((pair, line) => ({ ...pair, line, texts: pair.texts.map(swapped) }))),
    };
    const forgetting = async (validation?: PairSet) => ({
      clip: await loadClip(known),
      training: wrong,
      ...(validation && { validation }),
    });
    const guard = { data, stop: true };
    const harsh = { ...settings, epochs: 8, learningRate: 1e-3, warmup: 0, schedule: 'constant' as const };

    before(async () => {
      await useBackend('wasm');
      const all = await readPairs(table('all.csv', 'filepath,title', rowsOf(pictures)));
      const long = { ...settings, epochs: 40, batchSize: 12 };
      await run({ out: known, settings: long }, undefined, { clip: shapeClip(), training: all });
    });

    it('is warned of once, with both scores', async () => {
      const out = join(folder, 'warned');
      const { result, entries, reports } = await run(
        { out, settings: harsh, guard: { data } },
        undefined,
        await forgetting(),
      );
      const warnings = reports.filter((text) => text.includes('the model forgets'));
      assert.equal(warnings.length, 1, reports.join('\n'));
      assert.ok(reports.some((text) => text.startsWith('12 of the 12 pictures of the guard'))); // renamed, but trained on
      const first = result.guard?.fallenAt as number;
      assert.match(warnings[0]!, new RegExp(`accuracy on the guard fell from .* to .* by epoch ${first}, .* points`));
      assert.ok(reports.some((text) => text.startsWith('the guard is small: 12 pictures')));
      const epochs = epochsOf(entries);
      assert.equal(epochs.length, 9);
      const [before] = epochs;
      const fallen = epochs.find(({ guard: score }) => before!.guard!.value - score!.value > 0.05);
      assert.equal(fallen?.epoch, first);
      assert.deepEqual([result.guard?.isOver, result.step, result.best], [false, 16, undefined]);
      assert.deepEqual(await scoreOfSaved(out), epochs.at(-1)?.guard);
    });

    it('ends the run after that epoch; what is saved is of the last epoch before; the same again says so', async () => {
      const out = join(folder, 'ended');
      const { result, entries, reports } = await run({ out, settings: harsh, guard }, undefined, await forgetting());
      const epochs = epochsOf(entries);
      const last = epochs.at(-1)!;
      assert.deepEqual([result.isFinished, result.guard?.isOver], [true, true]);
      assert.deepEqual([result.guard?.fallenAt, result.step], [last.epoch, 2 * last.epoch]);
      assert.ok(result.step < result.steps);
      assert.deepEqual([last.best, epochs.at(-2)?.best], [false, true]);
      assert.equal(result.best?.epoch, last.epoch - 1);
      assert.deepEqual(await scoreOfSaved(out), result.best?.guard);
      assert.ok(reports.some((text) => /the model forgets.*the run ends here/.test(text)));
      const log = logOf(out);
      const tensors = tf.memory().numTensors;
      const again = await run({ out, settings: harsh, guard }, undefined, await forgetting());
      assert.equal(tf.memory().numTensors, tensors);
      assert.deepEqual({ ...again.result, resumedFrom: 0 }, result);
      assert.deepEqual(logOf(out), log);
      assert.ok(again.reports.some((text) => text.startsWith('the guard has ended this run after step')));
      await assert.rejects(
        run({ out, settings: harsh, guard: { ...guard, stop: false } }, undefined, await forgetting()),
        /guardStop was true and is now false/,
      );
    });

    it('stopped after each step, ends where a run that was not ends', async () => {
      const out = join(folder, 'ended-parts');
      let isOver = false;
      for (let call = 0; !isOver; call++) {
        assert.ok(call < 20);
        const stop = new AbortController();
        const { result } = await run(
          { out, settings: harsh, guard, signal: stop.signal },
          () => stop.abort(),
          await forgetting(),
        );
        isOver = result.guard?.isOver ?? false;
      }
      assert.deepEqual(logOf(out), logOf(join(folder, 'ended')));
      assert.deepEqual(await scoreOfSaved(out), await scoreOfSaved(join(folder, 'ended')));
    });

    it('leaves the choice to the loss among what is allowed, with a validation', async () => {
      const own = join(folder, 'ended-validated');
      const { result, entries } = await run(
        { out: own, settings: harsh, guard },
        undefined,
        await forgetting({ ...wrong, pairs: pairList(await takePairs(wrong.pairs, 6)) }),
      );
      const epochs = epochsOf(entries);
      assert.equal(result.guard?.isOver, true);
      const allowed = epochs.slice(0, -1);
      const least = Math.min(...allowed.map(({ validation }) => validation!.loss));
      assert.equal(result.best?.validation?.loss, least);
      assert.ok((epochs.at(-1)?.validation?.loss as number) < least, 'the loss alone would have taken the last');
      assert.deepEqual(await scoreOfSaved(own), result.best?.guard);
    });

    it('is measured by known features where the image tower is locked', async () => {
      const out = join(folder, 'locked');
      const locked = { ...settings, freeze: ['visual.'], epochs: 1 };
      const { entries } = await run(
        { out, settings: locked, cacheFeatures: join(folder, 'features'), guard: { data, drop: 1 } },
        undefined,
        await forgetting(),
      );
      assert.deepEqual(epochsOf(entries).at(-1)?.guard, await scoreOfSaved(out));
    });

    it('measures recall@1 of pairs', async () => {
      const pairs = await readGuardData(captions);
      const { entries } = await run(
        { out: join(folder, 'recall'), settings: { ...harsh, epochs: 1 }, guard: { data: pairs } },
        undefined,
        await forgetting(),
      );
      for (const { guard: score } of epochsOf(entries))
        assert.deepEqual([score?.metric, score?.count], ['recall@1', 12]);
    });

    it('says of a picture that cannot be read once, and measures the rest; too many stop the run', async () => {
      const broken = (count: number) => ({
        ...data,
        pairs: data.pairs.map((pair, index) => (index < count ? { ...pair, image: `${labels}#${index}` } : pair)),
      });
      const { entries, reports } = await run({ out: join(folder, 'broken'), maxBad: 0.1, guard: { data: broken(1) } });
      assert.equal(reports.filter((text) => /^left out .*#0 of the guard: \S/.test(text)).length, 1);
      for (const { guard: score } of epochsOf(entries)) assert.equal(score?.count, 11);
      await assert.rejects(
        run({ out: join(folder, 'too-broken'), maxBad: 0.1, guard: { data: broken(2) } }),
        /2 of 12 pictures are bad, more than 10\.0 %/,
      );
    });
  });
});
