import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { openaiPreprocess } from '../../src/config.ts';
import { preparePixels } from '../../src/image/preprocess.ts';
import { toRgb } from '../../src/image/to-rgb.ts';
import { type Decoded, decodeByMozjpeg, decodeBySharp } from '../../src/node/images/jpeg-decoders.ts';
import { ImageError, readImage } from '../../src/node.ts';
import { goldens } from '../golden.ts';

const images = join(goldens, 'images');
const { images: manifest } = JSON.parse(await readFile(join(images, 'manifest.json'), 'utf8')) as {
  images: { file: string; mode: string; width: number; height: number; size: number }[];
};

/** The one file that does not come out as from Pillow: jpeg-js decodes print colours with another inverse transform. */
const printColours = { file: 'jpeg-cmyk.jpg', decoded: 3, expected: 3 };

/** Read by sharp, so that the decoder under test is not its own judge. */
async function rgbOf(file: string): Promise<Uint8Array> {
  return sharp(join(images, file)).toColourspace('srgb').removeAlpha().raw().toBuffer();
}

function largestDifference(actual: ArrayLike<number>, expected: Uint8Array): number {
  assert.equal(actual.length, expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (actual[i] as number))), 0);
}

describe('the golden pictures', () => {
  for (const { file, mode, width, height, size } of manifest) {
    const allowed = file === printColours.file ? printColours : { decoded: 0, expected: 0 };

    it(`reads ${file} as Pillow does`, async () => {
      const image = await readImage(join(images, file));
      assert.deepEqual([image.width, image.height], [width, height]);
      if (file !== printColours.file) assert.equal(image.mode, mode);
      const worst = largestDifference(toRgb(image).data, await rgbOf(`${file}.decoded.png`));
      assert.ok(worst <= allowed.decoded, `differs by ${worst}`);
    });

    it(`resizes and crops ${file} to ${size} as OpenAI's preprocessing does`, async () => {
      const prepared = preparePixels(await readImage(join(images, file)), openaiPreprocess(size));
      const worst = largestDifference(prepared.data, await rgbOf(`${file}.expected.png`));
      assert.ok(worst <= allowed.expected, `differs by ${worst}`);
    });
  }
});

describe('the two decoders of JPEG', () => {
  const channels = (decoded: Decoded, wanted: number) =>
    Array.from(decoded.data).filter((_, i) => i % decoded.channels < wanted);

  async function assertSame(bytes: Uint8Array, components: number): Promise<void> {
    const bySharp = await decodeBySharp(bytes, components);
    assert.ok(bySharp, 'sharp takes it');
    assert.deepEqual(channels(bySharp, components), channels(await decodeByMozjpeg(bytes), components));
  }

  for (const { file, mode } of manifest.filter(({ file }) => /jpg$/.test(file) && file !== printColours.file)) {
    it(`give the same pixels for ${file}`, async () =>
      assertSame(await readFile(join(images, file)), mode === 'L' ? 1 : 3));
  }

  it('pass over colour profiles, as Pillow does', async () => {
    const bytes = await sharp(join(images, 'rgb-large.png')).withIccProfile('p3').jpeg().toBuffer();
    assert.ok((await sharp(bytes).metadata()).icc, 'there is a profile');
    await assertSame(bytes, 3);
  });
});

describe('readImage()', () => {
  it('turns a picture as its EXIF data say, when asked', async () => {
    const path = join(images, 'jpeg-exif-rotate.jpg');
    const stored = await readImage(path);
    const upright = await readImage(path, { exifRotate: true });
    assert.deepEqual([upright.width, upright.height], [stored.height, stored.width]);
  });

  it('passes over the colour profile of a WebP, as Pillow does', async () => {
    const picture = sharp(join(images, 'rgb-large.png')).withIccProfile('p3');
    const webp = await picture.clone().webp({ lossless: true }).toBuffer();
    assert.ok((await sharp(webp).metadata()).icc, 'there is a profile');
    assert.deepEqual((await readImage(webp)).data, (await readImage(await picture.png().toBuffer())).data);
  });

  it('takes bytes as well as paths, and goes by the content', async () => {
    const path = join(images, 'rgb-upscale.png');
    assert.deepEqual(await readImage(await readFile(path)), await readImage(path));
  });

  const broken: [what: string, bytes: () => Promise<Uint8Array>, message: RegExp][] = [
    ['an empty file', async () => new Uint8Array(0), /expected PNG or JPEG .* but the file is empty/],
    ['text', async () => new TextEncoder().encode('hello'), /the content is none of these/],
    [
      'a PNG cut short',
      async () => (await readFile(join(images, 'rgba.png'))).subarray(0, 3000),
      /the file ends early/,
    ],
    [
      'a JPEG cut short',
      async () => (await readFile(join(images, 'jpeg-444-q95.jpg'))).subarray(0, 9000),
      /the file ends early/,
    ],
    ['a JPEG of its first bytes', async () => new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), /no frame/],
  ];
  for (const [what, bytes, message] of broken) {
    it(`refuses ${what}`, async () => {
      const given = await bytes();
      await assert.rejects(readImage(given), (error) => error instanceof ImageError && message.test(error.message));
    });
  }

  it('refuses a PNG that claims 60,000 x 60,000 before it is decoded', async () => {
    const bytes = new Uint8Array(await readFile(join(images, 'rgba.png')));
    new DataView(bytes.buffer).setUint32(16, 60_000);
    new DataView(bytes.buffer).setUint32(20, 60_000);
    const start = performance.now();
    await assert.rejects(readImage(bytes), /60000 x 60000 are 3600000000 pixels, more than 178956970/);
    assert.ok(performance.now() - start < 50);
  });

  it('decodes in a worker with the same result, and gives up when the time is over', async () => {
    const path = join(images, 'jpeg-420-q85.jpg');
    assert.deepEqual(await readImage(path, { timeLimit: 20_000 }), await readImage(path));
    const large = await sharp({ create: { width: 4000, height: 4000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const isOverdue = (error: unknown) => error instanceof ImageError && /took longer than 20 ms/.test(error.message);
    await assert.rejects(readImage(large, { timeLimit: 20 }), isOverdue);
    await assert.rejects(readImage(new Uint8Array(3), { timeLimit: 20_000 }), ImageError);
  });

  it('reads a PNG with bytes after its end', async () => {
    const bytes = await readFile(join(images, 'rgba.png'));
    assert.deepEqual(await readImage(Buffer.concat([bytes, Buffer.from('PK')])), await readImage(bytes));
  });

  it('refuses a PNG whose few data cannot fill the size it claims, before memory is taken', async () => {
    const bytes = new Uint8Array(await readFile(join(images, 'rgba.png')));
    const view = new DataView(bytes.buffer);
    view.setUint32(16, 10_000);
    view.setUint32(20, 8_000);
    view.setUint32(29, crc32(bytes.subarray(12, 29)));
    const start = performance.now();
    await assert.rejects(readImage(bytes), /Cannot read PNG: its data do not fill the picture/);
    assert.ok(performance.now() - start < 50);
  });

  it('keeps the order and the alpha of a palette', async () => {
    const path = join(images, 'palette-alpha.png');
    const { mode, data, palette } = await readImage(path);
    assert.equal(mode, 'P');
    const { data: rgba } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const colours = Array.from(data, (index) => [...palette!.subarray(4 * index, 4 * index + 4)]).flat();
    assert.equal(largestDifference(colours, rgba), 0);
    assert.ok(colours.some((value, i) => i % 4 === 3 && value < 255));
  });

  it('does not touch the bytes it is given, nor reads those around them', async () => {
    const file = await readFile(join(images, 'jpeg-grey.jpg'));
    const around = Buffer.concat([Buffer.alloc(100, 0xff), file, Buffer.alloc(100, 0xff)]);
    assert.deepEqual(await readImage(around.subarray(100, 100 + file.length)), await readImage(file));
  });

  it('names sharp where it is needed and not installed', async () => {
    const hooks = `export const resolve = (name, context, next) => {
      if (name === 'sharp') throw new Error('not installed');
      return next(name, context);
    };`;
    const script = `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
      const { readImage } = await import(${JSON.stringify(import.meta.resolve('../../src/node.js'))});
      const magic = { WebP: 'RIFF0000WEBP', GIF: 'GIF89a', TIFF: 'II*\\0', AVIF: '0000ftypavif' };
      for (const content of Object.values(magic)) {
        await readImage(new TextEncoder().encode(content)).catch((error) => console.log(error.name, error.message));
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    const cure = 'the package sharp decodes it and is not installed; run npm install sharp';
    assert.deepEqual(
      stdout.trim().split('\n'),
      ['WebP', 'GIF', 'TIFF', 'AVIF'].map((format) => `ImageError Cannot read ${format}: ${cure}`),
    );
  });
});
