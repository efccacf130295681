import assert from 'node:assert/strict';
import sharp from 'sharp';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { isAnimated } from '../../src/node/images/is-animated.ts';
import { animationOf, blocks } from './pairs-check/planted.ts';

describe('pictures with several frames', () => {
  it('are told from those with one', async () => {
    const gif = await animationOf(1);
    assert.equal(isAnimated(gif), true);
    assert.equal(isAnimated(await sharp(gif).gif().toBuffer()), false);
    assert.equal(isAnimated(await sharp(gif, { animated: true }).webp().toBuffer()), true);
    assert.equal(isAnimated(await sharp(gif).webp().toBuffer()), false);
    assert.equal(isAnimated(await sharp(gif).jpeg().toBuffer()), false);
  });

  it('are told by the frames that an APNG announces', () => {
    const png = encodePng(blocks(1));
    assert.equal(isAnimated(png), false);
    const announcing = (frames: number) =>
      Buffer.concat([
        png.subarray(0, 33),
        Buffer.from([0, 0, 0, 8, 97, 99, 84, 76, 0, 0, 0, frames, 0, 0, 0, 0, 0, 0, 0, 0]),
        png.subarray(33),
      ]);
    assert.equal(isAnimated(announcing(2)), true);
    assert.equal(isAnimated(announcing(1)), false);
  });

  it('are not read beyond their end', async () => {
    const gif = await animationOf(1);
    for (let length = 0; length < 900; length++) isAnimated(gif.subarray(0, length));
    assert.equal(isAnimated(new Uint8Array()), false);
  });
});
