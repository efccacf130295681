import assert from 'node:assert/strict';
import { affordable, columnsOf, valueInUnit, whole } from '../bench/cases.ts';
import { checkSameEmbeddings } from '../bench/check.ts';
import { Child } from '../bench/child.ts';
import { imageFlops } from '../bench/flops.ts';
import type { Answer } from '../bench/programs/serve.ts';
import type { ProgramSpec } from '../bench/programs.ts';
import { median, medianTable } from '../bench/table.ts';
import { architectureConfig, type VitConfig } from '../src/node.ts';

const cells = (text: string) => text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

describe('the benchmark', () => {
  it('counts the operations of a picture as open_clip does', () => {
    // model_profile.csv of open_clip: 8.82, 35.13 and 162.03 GFLOP
    for (const [name, expected] of [
      ['ViT-B/32', 8.82],
      ['ViT-B/16', 35.13],
      ['ViT-L/14', 162.03],
    ] as const) {
      const { vision, embedDim } = architectureConfig(name, 'gelu');
      const counted = imageFlops(vision as VitConfig, embedDim) / 1e9;
      assert.ok(Math.abs(counted / expected - 1) < 0.005, `${name}: ${counted}`);
    }
  });

  it('takes the median of odd and of even numbers of rounds', () => {
    assert.equal(median([9, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 100]), 3.5);
    assert.equal(median([7]), 7);
    assert.throws(() => median([]), RangeError);
  });

  it('shows medians, ratios, shares, parts, and gaps', () => {
    const text = medianTable(
      ['base', 'other', 'gone'],
      [
        {
          title: 'rate',
          better: 'more',
          gigaflop: 2,
          cells: [{ values: [9, 10, 30] }, { values: [20] }, { missing: 'x', failed: true }],
        },
        { title: 'time', better: 'less', cells: [{ values: [4] }, { values: [100], part: 8, whole: 80 }] },
        { title: 'memory', better: 'as it is', cells: [{ values: [1.256] }, { values: [] }] },
      ],
      0,
      100,
    );
    const [head, , ...rows] = cells(text);
    assert.deepEqual(head, ['', '', 'rate', 'time', 'memory', '']);
    assert.deepEqual(rows, [
      ['', 'base', '10.0 (1.00x, 20 %)', '4.00 (1.00x)', '1.26x', ''],
      ['', 'other', '20.0 (2.00x, 40 %)', '100 from 8 of 80 (0.04x)', '–', ''],
      ['', 'gone', '–', '–', '–', ''],
    ]);
  });

  it('runs a part where the whole takes too long, in steps, and scales it', () => {
    const columns = columnsOf(whole, 'pictures');
    const texts = columns.find((column) => column.case === 'texts')!;
    const classifier = columns.find((column) => column.case === 'classifier')!;
    assert.equal(affordable(texts, 1, 60), 1600);
    assert.equal(affordable(texts, 20, 60), 192);
    assert.equal(affordable(texts, 200, 60), 64);
    assert.equal(valueInUnit(texts, 192, 60), 3.2);
    assert.equal(valueInUnit(classifier, 100, 60), 600);
  });

  describe('a program', () => {
    const program = (code: string): ProgramSpec => ({
      name: 'a program',
      command: process.execPath,
      args: ['-e', code, '--'],
      threads: 1,
    });

    it('answers through whatever else is printed', async () => {
      const child = new Child(
        program(`process.stdin.on('data', () => console.log('hello\\n' + JSON.stringify({ gigaflops: 5 })))`),
        ['', ''],
      );
      assert.deepEqual(await child.ask({ do: 'load' }), { gigaflops: 5 });
      const peak = child.peakMemory();
      assert.ok(peak === undefined || (peak > 1e7 && peak < 1e9), `${peak}`);
      await child.stop();
    });

    it('is refused with what it complained of where it fails, ends or is not there', async () => {
      const failing = new Child(program(`process.stdin.on('data', () => console.log('{"error":"no model"}'))`), [
        '',
        '',
      ]);
      await assert.rejects(failing.ask({ do: 'load' }), /^Error: no model$/);
      await failing.stop();
      const ending = new Child(program(`console.error('no memory'); process.exit(1)`), ['', '']);
      await assert.rejects(ending.ask({ do: 'load' }), /it ended: no memory/);
      await ending.stop();
      const absent = new Child({ ...program(''), command: 'no-such-program' }, ['', '']);
      await assert.rejects(absent.ask({ do: 'load' }), /ENOENT/);
      await absent.stop();
    });
  });

  describe('the check of embeddings', () => {
    const child = (...rows: number[][]) => ({
      spec: { name: 'a program', command: '', args: [], threads: 1 },
      ask: async (): Promise<Answer> => ({ images: rows, texts: [] }),
    });

    it('passes equal directions of any length', async () => {
      const differences = await checkSameEmbeddings([child([3, 4], [1, 0]), child([6, 8], [2, 0.0001])]);
      assert.ok(differences[0] === 0 && (differences[1] as number) < 1e-4);
    });

    it('refuses others, a NaN, another shape, and inputs that are alike', async () => {
      const good = child([3, 4], [1, 0]);
      await assert.rejects(checkSameEmbeddings([good, child([3, 4.01], [1, 0])]), /differ/);
      await assert.rejects(checkSameEmbeddings([good, child([3, Number.NaN], [1, 0])]), /differ/);
      await assert.rejects(checkSameEmbeddings([good, child([3, 4])]), /differ/);
      await assert.rejects(checkSameEmbeddings([good, child([3, 4, 0], [1, 0, 0])]), /differ/);
      await assert.rejects(checkSameEmbeddings([child([1, 0], [1, 0.001])]), /alike/);
    });
  });
});
