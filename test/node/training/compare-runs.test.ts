import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { compareRuns } from '../../../src/node/training/compare-runs.ts';
import { readRun } from '../../../src/node/training/read-run.ts';
import { differencesTable, resultsTable, runsReport } from '../../../src/node/training/runs-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));

type Made = {
  losses: (number | null)[];
  validations?: number[];
  settings?: object;
  steps?: number;
  batchSize?: number;
  data?: string;
  guard?: number[];
  guardData?: string;
};

const recalls = (value: number) => ({ 'recall@1': value, 'recall@5': 1, 'recall@10': 1 });

/** Writes a run as `trainOnFiles` does: two steps of a second each an epoch; a validation has recall 1 / (1 + loss). */
function makeRun(
  name: string,
  { losses, validations, settings = {}, steps = 4, batchSize = 8, data = 'a', guard, guardData = 'g' }: Made,
) {
  const out = join(folder, name);
  mkdirSync(out);
  const time = '2026-01-01T00:00:00.000Z';
  const lines: object[] = [];
  const endEpoch = (epoch: number) => {
    const loss = validations?.[epoch];
    const [one, other] = losses.slice(2 * epoch - 2, 2 * epoch);
    lines.push({
      ...{ epoch, meanLoss: epoch === 0 ? null : ((one ?? 0) + (other ?? 0)) / 2 },
      ...(loss !== undefined && {
        validation: { loss, imageToText: recalls(1 / (1 + loss)), textToImage: recalls(1 / (1 + loss)) },
      }),
      ...(guard && { guard: { metric: 'accuracy', value: guard[epoch], low: 0, high: 1, count: 9 } }),
      time,
    });
  };
  if (validations || guard) endEpoch(0);
  for (const [index, loss] of losses.entries()) {
    const [step, epoch] = [index + 1, Math.floor(index / 2) + 1];
    lines.push({ step, epoch, loss, pairs: batchSize, time, samplesPerSecond: batchSize });
    if (step % 2 === 0) endEpoch(epoch);
  }
  writeFileSync(join(out, 'log.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const part = { source: 'pairs.csv', pairs: 16, badRows: 0, sha256: data };
  const run = {
    ...{ format: 1, started: time, settings: { learningRate: 1e-3, freeze: [], ...settings }, augmentation: {} },
    ...{ exifRotate: false, size: { batchSize, stepsPerEpoch: 2, steps, warmup: 0 } },
    model: { name: `given/as/${name}`, sha256: 'm', parameters: 10, trainedParameters: 1234 },
    data: { training: part, validation: part },
    ...(guard && { guard: { drop: 0.05, stop: false, data: { ...part, source: guardData, sha256: guardData } } }),
    ...{ backend: 'cpu', versions: { node: '20' }, host: { processors: 2 } },
  };
  writeFileSync(join(out, 'run.json'), JSON.stringify(run));
  return out;
}

async function read(...folders: string[]) {
  const runs = await Promise.all(folders.map((path) => readRun(path)));
  return runs.map((run) => run ?? assert.fail('expected a run'));
}

describe('a run as its folder tells of it', () => {
  const validations = [3, 1, 2];
  const run = makeRun('whole', { losses: [4, 2, null, 1], validations, guard: [0.5, 0.4, 0.25] });

  it('has results, times and what else was measured', async () => {
    const [record] = await read(run);
    assert.ok(record);
    assert.deepEqual([record.state, record.step, record.steps], ['finished', 4, 4]);
    assert.deepEqual([record.best?.epoch, record.best?.step, record.best?.pairsShown], [1, 2, 16]);
    assert.deepEqual([record.finalLoss, record.seconds, record.samplesPerSecond], [0.5, 4, 8]);
    assert.deepEqual([record.trainedParameters, record.settings.get('settings.learningRate')], [1234, '0.001']);
    assert.deepEqual(record.guard, { metric: 'accuracy', first: 0.5, last: 0.25 });
    assert.deepEqual(record.losses[2], { step: 3, pairsShown: 24, loss: null });
  });

  it('is running while a process is at work there, and stopped where steps are missing', async () => {
    const half = makeRun('half', { losses: [3, 2] });
    assert.equal((await read(half))[0]?.state, 'stopped');
    writeFileSync(join(half, '.running'), String(process.pid));
    assert.equal((await read(half))[0]?.state, 'running');
    writeFileSync(join(half, '.running'), '999999999');
    assert.equal((await read(half))[0]?.state, 'stopped');
  });

  it('may have just begun, or be in the middle of a line', async () => {
    const begun = makeRun('begun', { losses: [] });
    assert.deepEqual([(await read(begun))[0]?.step, (await read(begun))[0]?.finalLoss], [0, undefined]);
    writeFileSync(
      join(begun, 'log.jsonl'),
      '{"step":1,"epoch":1,"loss":2,"pairs":8,"samplesPerSecond":4}\n{"step":2,"ep',
    );
    assert.deepEqual([(await read(begun))[0]?.step, (await read(begun))[0]?.finalLoss], [1, 2]);
    writeFileSync(join(begun, 'log.jsonl'), '{"step":1,"ep\n{"epoch":1}\n');
    await assert.rejects(readRun(begun), /Cannot read .*log\.jsonl, line 1:/);
  });

  it('has from before run.json the settings of its checkpoint', async () => {
    const old = makeRun('old', { losses: [3, 2] });
    rmSync(join(old, 'run.json'));
    assert.equal((await read(old))[0]?.steps, undefined);
    const checkpoint = join(old, 'checkpoints', 'step-00000002');
    mkdirSync(checkpoint, { recursive: true });
    const identity = { learningRate: 0.5, 'augmentation.crop': null, 'the model': 'm', backend: 'cpu' };
    writeFileSync(join(checkpoint, 'state.json'), JSON.stringify({ format: 1, progress: {}, notes: { identity } }));
    const [record] = await read(old);
    assert.deepEqual(Object.fromEntries(record?.settings ?? []), {
      ...{ 'settings.learningRate': '0.5', 'augmentation.crop': 'null', 'model.sha256': 'm', backend: 'cpu' },
    });
  });

  it('is none where nothing of a run is', async () => {
    assert.equal(await readRun(folder), undefined);
    assert.equal(await readRun(join(run, 'run.json')), undefined);
    assert.equal(await readRun(join(folder, 'nowhere')), undefined);
  });
});

describe('compareRuns()', () => {
  const good = makeRun('good', { losses: [3, 2, 1, 1], validations: [3, 2, 1] });
  const bad = makeRun('bad', { losses: [3, 2, 1, 1], validations: [3, 2, 2.5], settings: { learningRate: 1e-2 } });
  const blind = makeRun('blind', { losses: [3, 2], settings: { averageDecay: 0.9 } });

  it('puts the best validation first, and says only what differs', async () => {
    const comparison = compareRuns(await read(blind, bad, good));
    assert.equal(comparison.order, 'validation loss');
    assert.deepEqual(comparison.warnings, []);
    assert.deepEqual(differencesTable(comparison), [
      ['run', 'learningRate', 'averageDecay'],
      [good, '0.001', '–'],
      [bad, '0.01', '–'],
      [blind, '0.001', '0.9'],
    ]);
    assert.deepEqual(resultsTable(comparison), [
      [
        'run',
        'steps',
        'best validation loss',
        'last',
        'picture → text @1',
        'text → picture @1',
        'final training loss',
        'training time',
        'samples/s',
        'trained parameters',
      ],
      [good, '4', '1.0000 (epoch 2)', '1.0000', '0.500', '0.500', '1.0000', '4.00 s', '8.00', '1,234'],
      [bad, '4', '2.0000 (epoch 1)', '2.5000', '0.333', '0.333', '1.0000', '4.00 s', '8.00', '1,234'],
      [blind, '2 of 4, stopped', '–', '–', '–', '–', '2.5000', '2.00 s', '8.00', '1,234'],
    ]);
  });

  it('calls by its name the mode that is not noted', async () => {
    const whole = makeRun('mode-full', { losses: [3, 2, 1, 1] });
    const part = makeRun('mode-lora', { losses: [3, 2, 1, 2], settings: { mode: 'lora' } });
    assert.deepEqual(differencesTable(compareRuns(await read(whole, part))), [
      ['run', 'mode'],
      [whole, 'full'],
      [part, 'lora'],
    ]);
  });

  it('goes by the last validation where training made none of them better', async () => {
    const worse = makeRun('worse', { losses: [3, 0.1], validations: [3, 9] });
    const same = makeRun('same', { losses: [3, 2], validations: [3, 4] });
    const { runs } = compareRuns(await read(worse, same));
    assert.deepEqual(
      runs.map((run) => run.folder),
      [same, worse],
    );
  });

  it('goes by recall, and warns, where losses cannot be compared', async () => {
    const large = makeRun('large', { losses: [3, 2], validations: [3, 2.2], batchSize: 16, data: 'other' });
    const comparison = compareRuns(await read(large, good));
    assert.equal(comparison.order, 'validation recall@1');
    assert.deepEqual(
      comparison.runs.map((run) => run.folder),
      [good, large],
    );
    assert.match(comparison.warnings.join('\n'), /validated on different pairs.*\n.*compare recall, not loss/);
    assert.ok(comparison.differences.some(({ name }) => name === 'data.training.sha256'));
    assert.ok(!comparison.differences.some(({ name }) => name === 'model.name'));
  });

  it('shows what is kept of the guard, and warns where the guards are other pictures', async () => {
    const one = makeRun('guarded', { losses: [3, 2], guard: [0.9, 0.8125] });
    const other = makeRun('guarded otherwise', { losses: [3, 2], guard: [0.5, 0.5], guardData: 'h' });
    const both = compareRuns(await read(one, other));
    const [head = [], ...rows] = resultsTable(both);
    const columns = [...head.entries()].filter(([, name]) => name.startsWith('guard'));
    assert.deepEqual(
      columns.map(([, name]) => name),
      ['guard accuracy'], // not its interval, not its count
    );
    const [[place] = []] = columns;
    assert.deepEqual(
      rows.map((row) => row[place as number]),
      ['90.0 % → 81.3 %', '50.0 % → 50.0 %'],
    );
    assert.match(both.warnings.join('\n'), /the guards of the runs are different pictures/);
    assert.deepEqual(differencesTable(both)[0], ['run', 'guard.data.source']);
    const without = compareRuns(await read(one, makeRun('unguarded', { losses: [3, 2] })));
    assert.deepEqual(without.warnings, []);
    assert.ok(without.differences.some(({ name }) => name === 'guard.stop'));
  });

  it('draws them over one another, by pairs shown where batches differ', async () => {
    const charts = async (...folders: string[]) => {
      const html = await runsReport(compareRuns(await read(...folders)));
      return [...html.matchAll(/<script type="application\/json">(.*?)<\/script>/g)].map(([, json = '']) =>
        JSON.parse(json),
      );
    };
    const [loss, validation] = await charts(good, bad);
    assert.deepEqual(loss, {
      ...{ title: 'Training loss', axis: 'step', labels: [good, bad], isJoined: true },
      data: [
        [1, 2, 3, 4],
        [3, 2, 1, 1],
        [3, 2, 1, 1],
      ],
    });
    assert.deepEqual(validation.data, [
      [0, 2, 4],
      [3, 2, 1],
      [3, 2, 2.5],
    ]);
    const [mixed] = await charts(good, join(folder, 'large'));
    assert.equal(mixed.axis, 'pairs shown');
    assert.equal(mixed.data[0].at(-1), 32);
    assert.deepEqual(
      mixed.data[2].filter((value: number | null) => value !== null),
      [3, 2],
    );
    const html = await runsReport(compareRuns(await read(good)));
    assert.doesNotMatch(html, /Settings that differ/);
    const script = html.match(/const colours = (\[.*?\]);/)?.[1] ?? '';
    assert.equal(runInNewContext(script).length, 8);
  });
});

after(() => rmSync(folder, { recursive: true, force: true }));
