import assert from 'node:assert/strict';
import { join } from 'node:path';
import { toRgb } from '../../src/image/to-rgb.ts';
import { encodeJpeg, recompressJpeg } from '../../src/node/images/encode-jpeg.ts';
import { readImage } from '../../src/node.ts';
import { goldens } from '../golden.ts';

/** The first row of the luminance table of ITU-T T.81, Annex K, and the zigzag places of its values in a file. */
const annexK = [16, 11, 10, 16, 24, 40, 51, 61];
const zigzag = [0, 1, 5, 6, 14, 15, 27, 28];

describe('JPEG files', () => {
  for (const quality of [90, 50, 20]) {
    it(`of quality ${quality} have libjpeg's tables`, async () => {
      const bytes = await encodeJpeg(toRgb(await readImage(join(goldens, 'images', 'rgb-portrait.png'))), quality);
      const table = Buffer.from(bytes).indexOf(Buffer.from([0xff, 0xdb])) + 5;
      const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality; // libjpeg, jpeg_quality_scaling
      assert.deepEqual(
        zigzag.map((place) => bytes[table + place]),
        annexK.map((value) => Math.floor((value * scale + 50) / 100)),
      );
    });
  }

  it('lose more at a lower quality', async () => {
    const image = toRgb(await readImage(join(goldens, 'images', 'rgb-portrait.png')));
    const loss = async (quality: number) => {
      const { data, mode } = await recompressJpeg(image, quality);
      assert.equal(mode, 'RGB');
      let sum = 0;
      for (const [at, value] of data.entries()) sum += Math.abs(value - (image.data[at] as number));
      return sum / data.length;
    };
    const losses = await Promise.all([95, 75, 40, 10].map(loss));
    assert.deepEqual(
      losses,
      losses.toSorted((one, other) => one - other),
    );
    assert.ok((losses[0] as number) > 0 && (losses[0] as number) < 5);
  });
});
