import assert from 'node:assert/strict';
import { brailleCurve } from '../../src/cli/braille-curve.ts';
import { eraseSequence, liveBlock, type Terminal } from '../../src/cli/live-block.ts';
import { curveLines } from '../../src/cli/training-curves.ts';
import { displayKind, openDisplay } from '../../src/cli/training-display.ts';
import type { StepEntry } from '../../src/node/training/log.ts';

/** Bytes of a terminal, as it shows them: enough of one for what a block writes. Lines are wrapped anew when it is resized. */
function emulate(columns: number, rows = 24) {
  let lines = [''];
  let row = 0;
  let listener = () => {};
  const screen = { columns, rows };
  const rowsOf = (line: string) => Math.max(1, Math.ceil(line.length / screen.columns));
  const write = (text: string) => {
    for (const part of text.split(/(?=\p{Cc})|(?<=\[\d*[AJ])|(?<=[\r\n])/u)) {
      if (part.endsWith('A')) {
        let left = Number(part.slice(2, -1)) - (rowsOf(lines[row] as string) - 1); // the cursor is in the last row of a line
        for (; left > 0; row--) left -= rowsOf(lines[row - 1] as string);
      } else if (part.endsWith('[J')) lines = [...lines.slice(0, row), ''];
      else if (part === '\n') lines.splice(++row, 0, '');
      else if (part !== '\r') lines[row] += part;
    }
    return true;
  };
  const terminal = {
    get columns() {
      return screen.columns;
    },
    get rows() {
      return screen.rows;
    },
    write,
    on: (_: string, call: () => void) => {
      listener = call;
    },
    off: () => {
      listener = () => {};
    },
  } as unknown as Terminal;
  const resize = (width: number) => {
    screen.columns = width;
    listener();
  };
  return { terminal, shown: () => lines.join('\n'), resize };
}

describe('brailleCurve()', () => {
  it('draws two values a character, four high', () => {
    assert.deepEqual(brailleCurve([0, 1, 2, 3, 4, 5, 6, 7], 4, 2), { lines: ['⠀⠀⡠⠊', '⡠⠊⠀⠀'], least: 0, most: 7 });
    assert.deepEqual(brailleCurve([0, 7], 4, 2)?.lines, ['⠀⠀⡠⠊', '⡠⠊⠀⠀']);
    assert.deepEqual(brailleCurve([3, 3, 3], 2, 1), { lines: ['⠤⠤'], least: 3, most: 3 });
    assert.deepEqual(brailleCurve([5], 2, 1)?.lines, ['⠄⠀']);
  });

  it('takes the mean where there are more values than dots, and joins jumps', () => {
    assert.deepEqual(brailleCurve([0, 0, 0, 0, 6, 8, 6, 8], 1, 1), { lines: ['⡸'], least: 0, most: 7 });
  });

  it('leaves gaps where there is no value', () => {
    assert.deepEqual(brailleCurve([7, null, 0, 0, 0, 0, 7, 7], 4, 2)?.lines, ['⠁⠀⠀⡏', '⠀⣀⣀⠇']);
    assert.deepEqual(brailleCurve([null, 5, null], 2, 1)?.lines, ['⠀⠄']);
    assert.equal(brailleCurve([null, null], 2, 1), undefined);
    assert.equal(brailleCurve([], 2, 1), undefined);
  });
});

describe('curveLines()', () => {
  const loss = { title: 'loss', values: [3, 2, 1] };
  const validation = { title: 'validation loss', values: [null, 2, 1.5] };

  it('has titles with the last value, and the range beside the curve', () => {
    assert.deepEqual(curveLines([loss], 30), [
      '       loss 1',
      '     3┤⠉⠒⠢⠤⣀⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀',
      '      ┤⠀⠀⠀⠀⠀⠈⠉⠒⠢⠤⣀⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀',
      '      ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠉⠒⠢⠤⣀⡀⠀⠀⠀⠀⠀',
      '     1┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠉⠒⠢⠤⣀',
    ]);
  });

  it('puts as many beside each other as there is room for, and draws nothing where there is none', () => {
    const both = curveLines([loss, validation], 60);
    assert.match(both[0] ?? '', /^ {7}loss 1 +validation loss 1\.5$/);
    assert.equal(both.length, 5);
    for (const line of both) assert.ok(line.length <= 60);
    assert.match(curveLines([loss, validation], 58)[0] ?? '', /^ {7}loss 1$/);
    assert.deepEqual(curveLines([loss], 27), []);
    assert.deepEqual(
      curveLines(
        [
          { title: 'loss', values: [null] },
          { title: 'empty', values: [] },
        ],
        80,
      ),
      [],
    );
  });
});

describe('lines that are drawn again in place', () => {
  it('replace each other, make room for messages, and go', () => {
    const { terminal, shown } = emulate(20);
    let lines = ['one', 'two'];
    const block = liveBlock(terminal, () => lines);
    block.redraw();
    assert.equal(shown(), 'one\ntwo');
    lines = ['three'];
    block.redraw();
    assert.equal(shown(), 'three');
    block.clear();
    terminal.write('a message\n');
    lines = ['four', 'five'];
    block.redraw();
    assert.equal(shown(), 'a message\nfour\nfive');
    block.close();
    assert.equal(shown(), 'a message\n');
  });

  it('are drawn anew in a window of another width, where a terminal has wrapped them', () => {
    const { terminal, shown, resize } = emulate(20);
    terminal.write('before\n');
    const block = liveBlock(terminal, (columns) => ['x'.repeat(columns), 'y'.repeat(columns)]);
    block.redraw();
    assert.equal(shown(), `before\n${'x'.repeat(19)}\n${'y'.repeat(19)}`);
    resize(8);
    assert.equal(shown(), `before\n${'x'.repeat(7)}\n${'y'.repeat(7)}`);
    resize(30);
    assert.equal(shown(), `before\n${'x'.repeat(29)}\n${'y'.repeat(29)}`);
    block.close();
    resize(9);
    assert.equal(shown(), 'before\n');
  });

  it('count the rows that they take', () => {
    assert.equal(eraseSequence(['abc'], 3), '\r\u001b[J');
    assert.equal(eraseSequence(['abcd', ''], 3), '\r\u001b[2A\u001b[J');
  });
});

describe('how a training shows', () => {
  const entry = (step: number, loss = 4 - step / 10): StepEntry => ({
    ...{ step, epoch: 1, loss, logitScale: 20, learningRate: 1e-3, gradientNorm: 1 },
    ...{ skipped: 0, pairs: 8, repeated: 0, time: '', samplesPerSecond: 12.5 },
  });

  it('depends on what the terminal can', () => {
    const utf8 = { LANG: 'en_GB.UTF-8', TERM: 'xterm-256color' };
    assert.equal(displayKind(true, utf8, 'linux'), 'curves');
    assert.equal(displayKind(false, utf8, 'linux'), 'lines');
    assert.equal(displayKind(true, { ...utf8, TERM: 'dumb' }, 'linux'), 'lines');
    assert.equal(displayKind(true, { ...utf8, NO_COLOR: '1' }, 'linux'), 'bar');
    assert.equal(displayKind(true, { ...utf8, NO_COLOR: '' }, 'linux'), 'curves');
    assert.equal(displayKind(true, { ...utf8, LC_ALL: 'C' }, 'linux'), 'bar');
    assert.equal(displayKind(true, { ...utf8, TERM: 'linux' }, 'linux'), 'bar');
    assert.equal(displayKind(true, {}, 'win32'), 'curves');
  });

  it('is a bar below curves, which begin with what an earlier call logged', () => {
    const { terminal, shown } = emulate(80);
    const display = openDisplay(40, 'curves', [entry(1), entry(2)], terminal);
    display.step(entry(40, 0));
    const lines = shown().split('\n');
    assert.equal(lines.length, 6);
    assert.match(lines[0] ?? '', /^ {7}loss 0$/);
    assert.match(lines[1] ?? '', /^ {3}3\.9┤/);
    assert.match(lines[5] ?? '', /^█{16} 40\/40 \| loss 0\.000 \| temp\. 0\.0500 \| 12\.5\/s \| \? left$/);
    display.close();
    assert.equal(shown(), '');
  });

  it('is a bar alone in a window that is narrow or low, or that cannot show more', () => {
    for (const [kind, columns, rows] of [
      ['curves', 28, 24],
      ['curves', 80, 11],
      ['bar', 80, 24],
    ] as const) {
      const { terminal, shown } = emulate(columns, rows);
      const display = openDisplay(40, kind, [], terminal);
      display.step(entry(20, 1.5));
      assert.match(shown(), /^████████░{8} 20\/40 [^\n]*$/);
      assert.ok(shown().length < columns);
      display.close();
    }
  });
});
