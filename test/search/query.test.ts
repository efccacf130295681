import assert from 'node:assert/strict';
import fc from 'fast-check';
import { combine } from '../../src/search/combine.ts';
import { parseQuery } from '../../src/search/query.ts';
import { QueryError } from '../../src/search/query-error.ts';
import { assertClose } from '../assert-close.ts';
import { randomUnits } from './random-rows.ts';

/** A term in short: `+1 text red car`. */
const read = (query: string) =>
  parseQuery(query).map(({ kind, value, weight }) => `${weight < 0 ? '' : '+'}${weight} ${kind} ${value}`);

describe('parseQuery', () => {
  const cases: [query: string, ...terms: string[]][] = [
    ['"red car" + photo.jpg - 0.5 * "night"', '+1 text red car', '+1 image photo.jpg', '-0.5 text night'],
    ['red car', '+1 text red car'],
    ['  a   red\n car ', '+1 text a red car'],
    ['red car - night', '+1 text red car', '-1 text night'],
    ['red car -night', '+1 text red car', '-1 text night'],
    ['"red"+"car"-"night"', '+1 text red', '+1 text car', '-1 text night'],
    ['a black-and-white t-shirt', '+1 text a black-and-white t-shirt'],
    ['c++ code, 4*4 or a*b', '+1 text c++ code, 4*4 or a*b'],
    ['- snow', '-1 text snow'],
    ['-2*snow + winter', '-2 text snow', '+1 text winter'],
    [
      '2 * golden retriever + .25*./pool - 1.5 * fruit',
      '+2 text golden retriever',
      '+0.25 image ./pool',
      '-1.5 text fruit',
    ],
    ['red / blue or and/or', '+1 text red / blue or and/or'],
    ['2 dogs', '+1 text 2 dogs'],
    ['5" screen', '+1 text 5" screen'],
    ['"cats - the musical"', '+1 text cats - the musical'],
    ['"say \\"cheese\\" \\\\ \\n"', '+1 text say "cheese" \\ \\n'],
    ['“red car” - “night”', '+1 text red car', '-1 text night'],
    ['"photo.jpg"', '+1 text photo.jpg'],
    ['@"my photo.jpg" + @scan', '+1 image my photo.jpg', '+1 image scan'],
    [
      'C:\\photos\\car.JPEG + /photos/car + ../car',
      '+1 image C:\\photos\\car.JPEG',
      '+1 image /photos/car',
      '+1 image ../car',
    ],
    ['日本の車 - 夜', '+1 text 日本の車', '-1 text 夜'],
  ];
  for (const [query, ...terms] of cases)
    it(`reads ${JSON.stringify(query)}`, () => assert.deepEqual(read(query), terms));

  const faults: [query: string, position: number, message: RegExp][] = [
    ['', 0, /it is empty/],
    ['   ', 3, /it is empty/],
    ['red +', 5, /expected a text or a picture here/],
    ['red + - night', 6, /expected a text or a picture here/],
    ['--night', 1, /into quotes/],
    ['2 *', 3, /expected a text or a picture here/],
    ['0 * night', 0, /expected a weight above 0, at most 1000000, but got 0/],
    ['red - 1e9 + 99999999*x', 12, /but got 99999999/],
    ['"red', 0, /never closed; add a "/],
    ['red + "car', 6, /never closed/],
    ['""', 0, /between the quotes/],
    ['" "', 0, /between the quotes/],
    ['"red" "car"', 6, /expected \+ or - between two parts; put one there/],
    ['"red"car', 5, /expected \+ or -/],
    ['red "car"', 4, /expected \+ or -/],
    ['red car photo.jpg', 8, /between the picture photo.jpg and the words/],
    ['photo.jpg red', 10, /between the picture photo.jpg and the words/],
    ['@', 1, /expected the path of a picture after @/],
    ['mail me @ home', 8, /expected \+ or -/],
  ];
  for (const [query, position, message] of faults)
    it(`refuses ${JSON.stringify(query)} at ${position}`, () => {
      assert.throws(
        () => parseQuery(query),
        (error) => error instanceof QueryError && error.position === position && message.test(error.message),
      );
    });

  it('puts a caret below the fault, also in a long query', () => {
    const caretOf = (query: string) => {
      const { message } = assertThrown(() => parseQuery(query));
      const [, line, caret] = message.split('\n') as [string, string, string];
      return Array.from(line)[caret.indexOf('^')];
    };
    assert.equal(caretOf('red "car"'), '"');
    assert.equal(caretOf('🚗\n🚗 “car”'), '“');
    const long = `${'word '.repeat(1000)}"x" ${'word '.repeat(1000)}`;
    assert.equal(caretOf(long), '"');
    assert.ok(assertThrown(() => parseQuery(long)).message.length < 300);
  });

  it('reads back any terms that are written in quotes', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((value) => value.trim() === value && value !== '');
    const weight = fc.integer({ min: 1, max: 4000 }).map((value) => value / 8);
    const term = fc.record({
      kind: fc.constantFrom('text' as const, 'image' as const),
      value: text,
      weight,
      minus: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), fc.constantFrom('', ' ', ' \t '), (terms, gap) => {
        const written = terms.map(({ kind, value, weight: factor, minus }) =>
          [
            minus ? '-' : '+',
            `${factor}`,
            '*',
            `${kind === 'image' ? '@' : ''}"${value.replace(/["“”\\]/g, '\\$&')}"`,
          ].join(gap),
        );
        const expected = terms.map(({ kind, value, weight: factor, minus }) => ({
          kind,
          value,
          weight: minus ? -factor : factor,
        }));
        assert.deepEqual(parseQuery(written.join(gap)), expected);
      }),
    );
  });

  it('gives terms or its own error for any string', () => {
    const unit = fc.constantFrom('"', '+', '-', '*', '@', ' ', '\\', '2', '.', 'a', '/', '.jpg', '“', '\n');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
        try {
          const terms = parseQuery(units.join(''));
          assert.ok(
            terms.length > 0 && terms.every(({ value, weight }) => value.trim() && Number.isFinite(weight) && weight),
          );
        } catch (error) {
          assert.ok(error instanceof QueryError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('combine', () => {
  const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];

  it('is the direction of the weighted sum', () => {
    assert.deepEqual(combine([{ vector: x, weight: 2 }]), x);
    assert.deepEqual(combine([{ vector: x, weight: -2 }]), Float32Array.of(-1, 0));
    const both = combine([
      { vector: x, weight: 3 },
      { vector: y, weight: -4 },
    ]);
    assertClose('3 x - 4 y', both, [0.6, -0.8], 1e-7);
  });

  it('is of unit length for any vectors', () => {
    const vectors = randomUnits(20, 512, 1);
    const sum = combine(vectors.map((vector, index) => ({ vector, weight: index - 5.5 })));
    assertClose('length', [Math.hypot(...sum)], [1], 1e-6);
  });

  it('refuses what has no direction', () => {
    const [vector] = randomUnits(1, 512, 2) as [Float32Array];
    const near = vector.map((value, axis) => value + (axis % 2 ? 1e-9 : -1e-9));
    for (const other of [vector, near])
      assert.throws(
        () =>
          combine([
            { vector, weight: 1 },
            { vector: other, weight: -1 },
          ]),
        /the terms cancel out; change a weight/,
      );
    assert.throws(() => combine([]), /at least one/);
    assert.throws(() => combine([{ vector: Float32Array.of(0, 0), weight: 1 }]), /cancel out/);
    assert.throws(() => combine([{ vector: Float32Array.of(Number.NaN, 0), weight: 1 }]), /finite/);
    assert.throws(() => combine([{ vector: x, weight: Number.POSITIVE_INFINITY }]), /finite/);
    assert.throws(
      () =>
        combine([
          { vector: x, weight: 1 },
          { vector: Float32Array.of(1), weight: 1 },
        ]),
      /\[2\] and \[1\]/,
    );
  });
});

function assertThrown(run: () => void): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  assert.fail('nothing was thrown');
}
