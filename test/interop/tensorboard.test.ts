import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventFile } from '../../src/node/tensorboard/event-file.ts';
import { scalarsEvent, startEvent, textEvent, versionEvent } from '../../src/node/tensorboard/events.ts';
import { logScalars } from '../../src/node/tensorboard/log-scalars.ts';
import { frameRecord } from '../../src/node/tensorboard/record.ts';
import { isStep, readLog } from '../../src/node/training/log.ts';
import { trainOnFiles } from '../../src/node/training/run.ts';
import { defaultSettings } from '../../src/node/training/settings.ts';
import { readPairs, splitPairs, useBackend } from '../../src/node.ts';
import { shapeClip, writeShapeTable } from '../node/training/shapes.ts';
import { runPython } from './python.ts';

type Read = {
  scalars: Record<string, [step: number, value: number | null, seconds: number][]>;
  texts: Record<string, [step: number, text: string][]>;
};

const readEvents = (directory: string) => JSON.parse(runPython('tensorboard_events.py', directory)) as Read;

describe("event files in TensorBoard's own reader", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));

  it('have the bytes of its own writer', () => {
    const events = [
      versionEvent(1.5),
      startEvent(1.5, 300),
      scalarsEvent(2.25, 300, [
        { tag: 'train/loss', value: 0.1 },
        { tag: 'train/é', value: Number.NaN },
      ]),
      textEvent(2.25, 0, 'settings', '| a |'),
    ];
    const ours = events.map((event) => Buffer.from(frameRecord(event)).toString('hex'));
    assert.deepEqual(runPython('tensorboard_events.py').trim().split('\n'), ours);
  });

  it('lose the steps from which on a later file starts again', async () => {
    const directory = join(folder, 'purged');
    for (const [firstStep, value] of [
      [0, 1],
      [3, 2],
    ] as const) {
      const file = await openEventFile(directory, firstStep);
      for (let step = firstStep; step < 6 - value; step++)
        await file.add([scalarsEvent(step, step, [{ tag: 'a', value }])]);
      await file.close();
    }
    assert.deepEqual(
      readEvents(directory).scalars.a?.map(([step, value]) => [step, value]),
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 2],
      ],
    );
  });

  it('show a run that was stopped, cut off, and went on, as its log has it', async () => {
    await useBackend('cpu');
    const all = await readPairs(writeShapeTable(folder));
    const split = await splitPairs(all.pairs, 0.25, 1);
    const settings = { ...defaultSettings, epochs: 4, batchSize: 8, learningRate: 3e-3 };
    const [out, directory] = [join(folder, 'run'), join(folder, 'run', 'tensorboard')];
    /** Stops in a good way, or cuts the run off, after a step. */
    const run = async (stopAt: number, isCut: boolean, tensorboard: boolean, checkpointSeconds = 60) => {
      const clip = shapeClip();
      const stop = new AbortController();
      const options = { out, settings, workers: 0, tensorboard, checkpointSeconds, signal: stop.signal };
      const [training, validation] = [
        { ...all, pairs: split.training },
        { ...all, pairs: split.validation },
      ];
      try {
        for await (const entry of trainOnFiles(clip, training, validation, options)) {
          if (!isStep(entry) || entry.step !== stopAt) continue;
          if (isCut) break;
          stop.abort();
        }
      } finally {
        clip.dispose();
      }
    };
    const compare = async () => {
      const { scalars, texts } = readEvents(directory);
      const expected: Record<string, [number, number, number][]> = {};
      let step = 0;
      for await (const entry of readLog(join(out, 'log.jsonl'))) {
        if (isStep(entry)) step = entry.step;
        for (const { tag, value } of logScalars(entry)) {
          expected[tag] ??= [];
          expected[tag].push([step, Math.fround(value), Date.parse(entry.time) / 1000]);
        }
      }
      const finite = Object.entries(expected).map(([tag, values]) => [
        tag,
        values.map(([at, value, time]) => [at, Number.isFinite(value) ? value : null, time]),
      ]);
      assert.deepEqual(scalars, Object.fromEntries(finite));
      assert.deepEqual(Object.keys(texts), ['settings/text_summary']);
      assert.equal(texts['settings/text_summary']?.length, 1);
      assert.match(texts['settings/text_summary']?.[0]?.[1] ?? '', /\| settings\.learningRate \| 0\.003 \|/);
    };
    await run(2, true, true, 0); // cut off before the checkpoint of step 2
    await compare();
    await run(4, true, true, 0); // goes on after step 1
    await compare();
    await run(5, false, false); // without events
    await run(6, false, true); // which are made up for
    await compare();
    await run(8, false, true);
    await compare();
    const files = readdirSync(directory).length;
    await run(8, false, true); // it is finished
    assert.equal(readdirSync(directory).length, files);
  });
});
