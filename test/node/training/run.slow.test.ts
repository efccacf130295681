import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import type { VitConfig } from '../../../src/config.ts';
import { pairList, takePairs } from '../../../src/node/pair-list.ts';
import { type PairSet, readPairs } from '../../../src/node/pairs.ts';
import { splitPairs } from '../../../src/node/split-pairs.ts';
import { isStep, type LogEntry } from '../../../src/node/training/log.ts';
import { readTrainingData } from '../../../src/node/training/read-data.ts';
import { trainOnFiles } from '../../../src/node/training/run.ts';
import type { RunOptions, RunResult } from '../../../src/node/training/run-options.ts';
import { defaultSettings, type TrainingSettings } from '../../../src/node/training/settings.ts';
import { initClip, loadClip, useBackend } from '../../../src/node.ts';
import { onEachBackend } from '../../golden.ts';
import { logOf } from './log-of.ts';
import { shapeClip, writeShapeTable } from './shapes.ts';

const settings: TrainingSettings = { ...defaultSettings, epochs: 4, batchSize: 8, learningRate: 3e-3, seed: 5 };

/** Runs to the end, or until the signal; the model is freed. */
async function run(
  training: PairSet,
  validation: PairSet | undefined,
  options: Partial<RunOptions> & { out: string },
  onEntry: (entry: LogEntry) => void = () => {},
): Promise<RunResult> {
  const clip = shapeClip();
  const progress = trainOnFiles(clip, training, validation, { settings, workers: 0, ...options });
  try {
    for (;;) {
      const { done, value } = await progress.next();
      if (done) return value;
      onEntry(value);
    }
  } finally {
    await progress.return(undefined as never);
    clip.dispose();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
const all = await readPairs(writeShapeTable(folder));
const split = await splitPairs(all.pairs, 0.25, 1);
const training: PairSet = { ...all, pairs: split.training };
const validation: PairSet = { ...all, pairs: split.validation };
const trainingPairs = await takePairs(training.pairs);
const validationPairs = await takePairs(validation.pairs);

describe('trainOnFiles()', () => {
  after(() => rmSync(folder, { recursive: true }));

  onEachBackend((backend) => {
    before(() => useBackend(backend));
    const out = join(folder, backend);

    it('keeps log, report, model and checkpoint; another call says that it is finished', async () => {
      const before = tf.memory().numTensors;
      const result = await run(training, validation, { out });
      assert.equal(tf.memory().numTensors, before);
      assert.deepEqual([result.isFinished, result.step, result.steps, result.skipped], [true, 8, 8, 0]);
      assert.deepEqual(
        readdirSync(out).filter((name) => !/vocab|merges|token/.test(name)),
        [
          ...['checkpoints', 'config.json', 'log.jsonl', 'model.safetensors', 'preprocessor_config.json'],
          ...['report.html', 'run.json'],
        ],
      );
      assert.deepEqual(readdirSync(join(out, 'checkpoints')), ['step-00000008']);
      const log = logOf(out) as LogEntry[];
      assert.equal(log.filter(isStep).length, 8);
      const best = log.filter((entry) => 'best' in entry && entry.best).at(-1);
      assert.deepEqual(
        { epoch: result.best?.epoch, ...result.best?.validation },
        { epoch: best?.epoch, ...(best as { validation: object }).validation },
      );
      const again = await run(training, validation, { out });
      assert.deepEqual({ ...again, resumedFrom: 0 }, result);
      assert.deepEqual(logOf(out), log);
      const saved = await loadClip(out);
      assert.equal(saved.tokenizer.vocabSize, saved.config.text?.vocabSize);
      saved.dispose();
    });

    it('stopped anywhere and called again, it has the log and the model of one that was not', async () => {
      const parts = join(folder, `${backend}-parts`);
      for (const at of [1, 2, 3, 5, 8]) {
        const stop = new AbortController();
        const result = await run(training, validation, { out: parts, signal: stop.signal }, (entry) => {
          if (isStep(entry) && entry.step === at) stop.abort();
        });
        assert.deepEqual([result.step, result.isFinished], [at, at === 8]);
      }
      assert.deepEqual(logOf(parts), logOf(out));
      assert.deepEqual(readFileSync(join(parts, 'model.safetensors')), readFileSync(join(out, 'model.safetensors')));
    });

    it('cut off after a step without a checkpoint, it writes the lines after the last one anew', async () => {
      const cut = join(folder, `${backend}-cut`);
      await assert.rejects(
        run(training, validation, { out: cut, checkpointSeconds: 0 }, (entry) => {
          if (isStep(entry) && entry.step === 4) throw new Error('cut off');
        }),
        /cut off/,
      );
      assert.deepEqual(logOf(cut), logOf(out).slice(0, 6));
      assert.equal((await run(training, validation, { out: cut })).resumedFrom, 3);
      assert.deepEqual(logOf(cut), logOf(out));
    });

    it('is the same with an average of the weights when it is stopped, and saves the average', async () => {
      const averaged = { settings: { ...settings, averageDecay: 0.5 } };
      await run(training, validation, { out: join(folder, `${backend}-average`), ...averaged });
      const report = readFileSync(join(folder, `${backend}-average`, 'report.html'), 'utf8');
      assert.match(report, /The examples are by the average of the weights after step 8/);
      const stop = new AbortController();
      const parts = { out: join(folder, `${backend}-average-parts`), ...averaged };
      await run(training, validation, { ...parts, signal: stop.signal }, (entry) => {
        if (isStep(entry) && entry.step === 3) stop.abort();
      });
      await run(training, validation, parts);
      assert.deepEqual(logOf(parts.out), logOf(join(folder, `${backend}-average`)));
      const steps = (log: object[]) => log.filter((entry) => 'step' in entry);
      assert.deepEqual(steps(logOf(parts.out)), steps(logOf(out)));
      assert.notDeepEqual(logOf(parts.out), logOf(out));
    });
  });

  describe('what goes wrong', () => {
    it('refuses another setting, other data, another model in the directory', async () => {
      await useBackend('cpu');
      const out = join(folder, 'once');
      await run(training, validation, { out });
      await assert.rejects(
        run(training, validation, { out, settings: { ...settings, learningRate: 1e-3 } }),
        /its checkpoint is of another run: learningRate was 0\.003 and is now 0\.001\. Use the same settings/,
      );
      await assert.rejects(run(all, validation, { out }), /the training data changed/);
      const other = mkdtempSync(join(folder, 'other-'));
      writeFileSync(join(other, 'model.safetensors'), '');
      await assert.rejects(
        run(training, undefined, { out: other }),
        /it holds model\.safetensors, which no run of clip-tfjs has put there/,
      );
      await assert.rejects(
        run(training, validation, { out, settings: { ...settings, epochs: 9 } }),
        /epochs was 4 and is now 9\. .*; to train longer than was planned, fine-tune .* into another --out/,
      );
    });

    it('refuses settings before it validates', async () => {
      await useBackend('wasm');
      for (const [changes, message] of [
        [{ warmup: 1000 }, /expected warmup and cooldown to be whole numbers up to 8/],
        [{ betas: [0.9, 1] }, /expected betas/],
        [{ freeze: ['visaul.'] }, /Cannot freeze 'visaul\.'/],
        [{ averageDecay: 1.5 }, /expected a decay in \[0, 1\)/],
      ] as const) {
        const out = mkdtempSync(join(folder, 'refused-'));
        await assert.rejects(run(training, validation, { out, settings: { ...settings, ...changes } }), message);
        assert.ok(!readdirSync(out).includes('model.safetensors'));
      }
    });

    it('refuses a validation of one pair, whose loss is always 0, or of none', async () => {
      await useBackend('wasm');
      for (const count of [0, 1]) {
        const too = { ...validation, pairs: pairList(validationPairs.slice(0, count)) };
        const out = join(folder, 'few');
        await assert.rejects(
          run(training, too, { out }),
          new RegExp(`expected two pairs or more, .* but got ${count}`),
        );
      }
      const { validation: none } = await readTrainingData({ data: all.source, valShare: 0.001 }, 1);
      assert.equal(none?.pairs.length, 0);
    });

    it('leaves the last weights in the model, not their average, where a validation fails', async () => {
      await useBackend('wasm');
      const lost = join(folder, 'lost.png');
      copyFileSync(validationPairs[0]!.image, lost);
      const lostPair: PairSet = {
        ...validation,
        pairs: pairList([{ ...validationPairs[0]!, image: lost }, validationPairs[1]!]),
      };
      const trained = async (out: string, averageDecay: number | undefined, onStep: (step: number) => void) => {
        const clip = shapeClip();
        const own = { ...settings, ...(averageDecay !== undefined && { averageDecay }) };
        const entries = trainOnFiles(clip, training, lostPair, { out: join(folder, out), settings: own, workers: 0 });
        const failure = (async () => {
          for await (const entry of entries) if (isStep(entry)) onStep(entry.step);
        })();
        await assert.rejects(failure, /rows are bad/);
        const weights = await clip.parameters.get('text.proj')!.data();
        clip.dispose();
        return weights;
      };
      const onStep = (step: number) => step === 2 && rmSync(lost);
      const averaged = await trained('lost-average', 0.9, onStep);
      copyFileSync(validationPairs[0]!.image, lost);
      assert.deepEqual(averaged, await trained('lost', undefined, onStep));
    });

    it('saves a checkpoint at once when it is stopped, and writes the report after that', async () => {
      await useBackend('wasm');
      const out = join(folder, 'no-report');
      const stop = new AbortController();
      const onEntry = () => {
        mkdirSync(join(out, 'report.html')); // cannot be replaced by a file
        stop.abort();
      };
      await assert.rejects(run(training, undefined, { out, signal: stop.signal }, onEntry), /report\.html/);
      assert.deepEqual(readdirSync(join(out, 'checkpoints')), ['step-00000001']);
    });

    it('shows pictures in the report as they are trained on, turned by their EXIF orientation', async () => {
      await useBackend('wasm');
      const image = join('test', 'goldens', 'images', 'jpeg-exif-rotate.jpg');
      const turned: PairSet = { ...training, pairs: pairList([{ ...trainingPairs[0]!, image }, trainingPairs[1]!]) };
      const shown = async (exifRotate: boolean) => {
        const out = join(folder, `exif-${exifRotate}`);
        await run(turned, undefined, { out, settings: { ...settings, steps: 1 }, exifRotate });
        const report = readFileSync(join(out, 'report.html'), 'utf8');
        const pngs = [...report.matchAll(/data:image\/png;base64,([^"]+)/g)].map(([, data]) =>
          Buffer.from(data!, 'base64'),
        );
        return new Set(pngs.map((png) => `${png.readUInt32BE(16)} x ${png.readUInt32BE(20)}`)); // IHDR: width, height
      };
      assert.notDeepEqual(await shown(true), await shown(false));
    });

    it('keeps nothing of the checkpoint in memory that it goes on from', async () => {
      await useBackend('wasm');
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      const small = shapeClip();
      const { tokenizer } = small;
      const { vision, text, ...rest } = small.config;
      small.dispose();
      const wide = { width: 256, mlpWidth: 1024, heads: 4 };
      const config = { ...rest, vision: { ...vision, ...wide } as VitConfig, text: { ...text!, ...wide } };
      const held: number[] = [];
      for (const last of [1, 2]) {
        const clip = initClip(config, 1, () => tokenizer);
        const stop = new AbortController();
        const options = { out: join(folder, 'resumed'), settings, workers: 0, signal: stop.signal };
        for await (const entry of trainOnFiles(clip, training, undefined, options)) {
          if (!isStep(entry) || entry.step !== last) continue;
          for (let time = 0; time < 3; time++) {
            collect();
            await setTimeout(20); // buffers are freed in another thread
          }
          held.push(process.memoryUsage().arrayBuffers);
          stop.abort();
        }
        clip.dispose();
      }
      const more = (held[1]! - held[0]!) / 1e6;
      assert.ok(more < 10, `${more} MB more`); // the checkpoint has 40 MB
    });

    it('counts rows that cannot be decoded, reports them once, and stops over the allowed share', async () => {
      await useBackend('wasm');
      const broken = trainingPairs.map((pair, index) =>
        index % 9 === 0 ? { ...pair, image: join(folder, 'pairs.csv') } : pair,
      );
      const set: PairSet = { ...training, pairs: pairList(broken) };
      const reports: string[] = [];
      const report = (message: string) => reports.push(message);
      const result = await run(set, undefined, { out: join(folder, 'bad'), maxBad: 0.2, report });
      assert.equal(result.bad.length, 2);
      assert.equal(reports.filter((message) => message.startsWith('skipped line')).length, 2);
      assert.match(readFileSync(join(folder, 'bad', 'report.html'), 'utf8'), /Rows that could not be used/);
      await assert.rejects(run(set, undefined, { out: join(folder, 'worse') }), /rows are bad, more than 5 %/);
    });

    it('has no tensor more after 400 steps than after 2, nor more memory than after 100', async () => {
      await useBackend('wasm');
      let after2 = 0;
      let residentAfter100 = 0;
      const longer = { ...settings, steps: 400, averageDecay: 0.9 };
      await run(
        training,
        undefined,
        { out: join(folder, 'long'), settings: longer, checkpointSeconds: 0.05 },
        (entry) => {
          if (!isStep(entry)) return;
          if (entry.step === 2) after2 = tf.memory().numTensors;
          else if (entry.step > 2) assert.equal(tf.memory().numTensors, after2, `step ${entry.step}`);
          if (entry.step === 100) residentAfter100 = process.memoryUsage().rss;
        },
      );
      assert.ok(after2 > 0);
      const grown = (process.memoryUsage().rss - residentAfter100) / 1e6;
      assert.ok(grown < 60, `${grown} MB more`); // one step's gradients, kept each time, would be 100 MB
    });
  });
});
