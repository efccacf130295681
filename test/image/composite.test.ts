import assert from 'node:assert/strict';
import { openaiPreprocess } from '../../src/config.ts';
import { composite } from '../../src/image/composite.ts';
import { preparePixels } from '../../src/image/preprocess.ts';
import { toRgb } from '../../src/image/to-rgb.ts';

const orange = [255, 128, 0] as const;
const size = { width: 3, height: 1 };

describe('composite()', () => {
  // Alpha 51 is a fifth: 0.2 · (10, 200, 100) + 0.8 · (255, 128, 0) = (206, 142.4, 20).
  const rgba = [10, 200, 100, 51, 10, 200, 100, 0, 10, 200, 100, 255];
  const blended = [206, 142, 20, 255, 128, 0, 10, 200, 100];

  it('blends colours with what is behind them', () => {
    const flat = composite({ ...size, mode: 'RGBA', data: Uint8Array.from(rgba) }, orange);
    assert.equal(flat.mode, 'RGB');
    assert.deepEqual([...flat.data], blended);
  });

  it('blends grey: it takes on the colour', () => {
    const flat = composite({ ...size, mode: 'LA', data: Uint8Array.of(100, 51, 100, 0, 100, 255) }, orange);
    assert.deepEqual([...flat.data], [224, 122, 20, 255, 128, 0, 100, 100, 100]);
  });

  it('blends the colours of a palette, whose picture stays one', () => {
    const image = { ...size, mode: 'P', data: Uint8Array.of(0, 1, 2), palette: Uint8Array.from(rgba) } as const;
    const flat = composite(image, orange);
    assert.equal(flat.mode, 'P');
    assert.deepEqual([...toRgb(flat).data], blended);
    assert.deepEqual([...image.palette], rgba);
  });

  it('leaves a picture without alpha as it is', () => {
    const image = { ...size, mode: 'L', data: Uint8Array.of(1, 2, 3) } as const;
    assert.equal(composite(image, orange), image);
  });

  it('comes before resizing: hidden colours do not bleed in', () => {
    const data = Uint8Array.from({ length: 4 * 64 }, (_, i) => (i % 4 === 3 ? 0 : 77));
    const image = { width: 8, height: 8, mode: 'RGBA', data } as const;
    const white = preparePixels(image, { ...openaiPreprocess(4), background: [255, 255, 255] });
    assert.ok(white.data.every((value) => value === 255));
  });
});
