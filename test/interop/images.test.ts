import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openaiPreprocess, type PreprocessConfig } from '../../src/config.ts';
import { ImageError } from '../../src/errors.ts';
import { channelsOf, type Image, type ImageMode } from '../../src/image/image.ts';
import { preparePixels, preprocess } from '../../src/image/preprocess.ts';
import { toRgb } from '../../src/image/to-rgb.ts';
import { decodeByMozjpeg, decodeBySharp } from '../../src/node/images/jpeg-decoders.ts';
import { readImage } from '../../src/node/images/read-image.ts';
import { runPython } from './python.ts';

/** Where Debian's package libsixel-examples puts PngSuite. */
const pngSuite = process.env.CLIP_TFJS_PNGSUITE ?? '/usr/share/doc/libsixel-examples/examples/images/pngsuite';

/** What one command of images.py says of one picture, with the bytes it expects. */
type Case<T> = T & { length: number; expected: Buffer };

type Decoded = { name: string; path: string; mode?: string; width: number; height: number };

type Prepared = {
  library: 'torchvision' | 'huggingface' | 'open_clip';
  mode: ImageMode;
  width: number;
  height: number;
  size: number;
  interpolation: PreprocessConfig['interpolation'];
  resizeMode: PreprocessConfig['resizeMode'];
  offset: number;
  refusal?: string;
};

describe('pictures beside Python', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function python<T>(command: string, ...args: string[]): Case<T>[] {
    runPython('images.py', command, directory, ...args);
    const results = readFileSync(join(directory, 'expected.bin'));
    let from = 0;
    return (JSON.parse(readFileSync(join(directory, 'cases.json'), 'utf8')) as Case<T>[]).map((given) => {
      const expected = results.subarray(from, from + given.length);
      from += given.length;
      return { ...given, expected };
    });
  }

  it('reads every picture of PngSuite as Pillow does, or refuses it as Pillow does', async () => {
    assert.ok(
      existsSync(pngSuite),
      `Cannot compare: expected PngSuite in ${pngSuite}; install Debian's libsixel-examples or set CLIP_TFJS_PNGSUITE`,
    );
    const exceptions: Record<string, string> = {
      xcsn0g01: 'its data have a wrong checksum, which Pillow passes over',
    };
    const cases = python<Decoded>('suite', pngSuite);
    assert.ok(cases.length >= 174, `expected 174 pictures but got ${cases.length}`);
    const outcomes = { equal: 0, 'refused by both': 0, excepted: 0 };
    for (const given of cases) {
      const image = await readImage(given.path).catch((error) => {
        assert.ok(error instanceof ImageError, `${given.name}: ${error}`);
        return undefined;
      });
      if (exceptions[given.name]) {
        assert.notEqual(image === undefined, given.mode === undefined, `${given.name} is no exception any more`);
        outcomes.excepted++;
      } else if (!given.mode) {
        assert.equal(image, undefined, `${given.name} is refused by Pillow`);
        outcomes['refused by both']++;
      } else {
        assert.ok(image, `${given.name} is refused here`);
        assertDecoded(image, given);
        outcomes.equal++;
      }
    }
    report(outcomes);
  });

  it('reads JPEG of every kind as Pillow does, turned upright; print colours nearly', async () => {
    const cases = python<Decoded>('jpegs');
    for (const given of cases) {
      const image = await readImage(given.path, { exifRotate: true });
      if (given.name === 'CMYK') {
        assert.ok(largestDifference(image.data, given.expected) <= 3);
        continue;
      }
      assertDecoded(image, given);
      const bytes = readFileSync(given.path);
      const components = channelsOf[image.mode];
      const bySharp = await decodeBySharp(bytes, components);
      assert.ok(bySharp, `sharp takes ${given.name}`);
      const byMozjpeg = await decodeByMozjpeg(bytes);
      for (let i = 0; i < given.width * given.height; i++)
        for (let c = 0; c < components; c++)
          if (bySharp.data[bySharp.channels * i + c] !== byMozjpeg.data[byMozjpeg.channels * i + c])
            assert.fail(`sharp and mozjpeg differ on ${given.name}`);
    }
    report({ kinds: cases.length });
  });

  // sharp does not say that a TIFF is bilevel or has a palette, and its AVIF decoder widens halved chroma in other steps
  // than Pillow's: beside hard edges in full colours that is far off.
  it('reads WebP, GIF and TIFF as Pillow does, AVIF nearly', async () => {
    const otherModes: Record<string, string> = { 'tiff bilevel': 'L', 'tiff palette': 'RGB' };
    const allowed: Record<string, number> = { 'avif 4:4:4': 1, 'avif 4:2:0': 128 };
    for (const given of python<Decoded>('others')) {
      const image = await readImage(given.path);
      assert.equal(image.mode, otherModes[given.name] ?? given.mode, given.name);
      const worst = largestDifference(toRgb(image).data, given.expected);
      assert.ok(worst <= (allowed[given.name] ?? 0), `${given.name} differs by ${worst}`);
    }
  });

  it('resizes, crops and normalises 3,000 pictures as torchvision, transformers and open_clip do', () => {
    const cases = python<Prepared>('prepare', '1', '3000');
    const noise = new Uint8Array(readFileSync(join(directory, 'noise.bin')));
    const compared = { torchvision: 0, huggingface: 0, open_clip: 0, 'refused there': 0 };
    for (const { expected, length, ...given } of cases) {
      if (given.refusal) {
        compared['refused there']++;
        continue;
      }
      const { library, size, interpolation, resizeMode } = given;
      const order = library === 'huggingface' ? 'huggingface' : 'openai';
      const background = library === 'huggingface' ? ([255, 255, 255] as const) : null; // transformers 5 puts white there
      const config: PreprocessConfig = { ...openaiPreprocess(size), interpolation, resizeMode, order, background };
      const image = cut(noise, given);
      if (library === 'torchvision') {
        assert.equal(largestDifference(preparePixels(image, config).data, expected), 0, JSON.stringify(given));
      } else {
        const allowed = library === 'open_clip' ? 0 : 1e-6; // transformers normalises in other steps
        const values = new Float32Array(new Uint8Array(expected).buffer);
        const worst = largestDifference(preprocess(image, config), values);
        assert.ok(worst <= allowed, `differs by ${worst}: ${JSON.stringify(given)}`);
      }
      compared[library]++;
    }
    assert.ok(compared['refused there'] < cases.length / 20, `${compared['refused there']} are refused there`);
    report(compared);
  });
});

/** The picture that images.py cuts from the same noise. */
function cut(noise: Uint8Array, { mode, width, height, offset }: Prepared): Image {
  const count = width * height * channelsOf[mode];
  const picture = { width, height, mode };
  if (mode === 'I;16') return { ...picture, data: new Uint16Array(noise.slice(offset, offset + 2 * count).buffer) };
  const data = noise.slice(offset, offset + count);
  if (mode === '1') return { ...picture, data: data.map((value) => (value >= 128 ? 255 : 0)) };
  if (mode !== 'P') return { ...picture, data };
  const palette = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 < 3 ? noise[3 * (i >> 2) + (i % 4)]! : 255));
  return { ...picture, data, palette };
}

function assertDecoded(image: Image, { name, mode, width, height, expected }: Case<Decoded>): void {
  assert.deepEqual([image.mode, image.width, image.height], [mode, width, height], name);
  assert.equal(largestDifference(toRgb(image).data, expected), 0, name);
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  return worst;
}

function report(counts: Record<string, number>): void {
  console.log(
    `      ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  );
}
