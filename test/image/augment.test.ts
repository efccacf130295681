import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openaiPreprocess } from '../../src/config.ts';
import { randomTransform, transform } from '../../src/image/affine.ts';
import { type Augmentation, augment, augmentPixels } from '../../src/image/augment.ts';
import { changeColours } from '../../src/image/colour.ts';
import { crop } from '../../src/image/crop.ts';
import type { Image } from '../../src/image/image.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { openClipCrop, randomCropBox } from '../../src/image/random-crop.ts';
import { resize } from '../../src/image/resize.ts';
import { uniformNumbers } from '../../src/random.ts';

const config = openaiPreprocess(16);

function noise(width: number, height: number, mode: 'RGB' | 'RGBA' = 'RGB'): Image {
  const uniform = uniformNumbers(width * 1000 + height);
  const data = Uint8Array.from({ length: width * height * mode.length }, () => 256 * uniform());
  return { width, height, mode, data };
}

/** A grid of 3 x 3 pixels, each channel the same, from 9 levels. */
const grid = (...levels: number[]): Image => ({
  width: 3,
  height: 3,
  mode: 'RGB',
  data: Uint8Array.from(levels.flatMap((level) => [level, level, level])),
});

const levelsOf = ({ data }: Image) => Array.from(data).filter((_, at) => at % 3 === 0);

/** Gives these numbers, one after the other. */
function given(...numbers: number[]): () => number {
  return () => numbers.shift() ?? assert.fail('more numbers were asked for');
}

describe('augment()', () => {
  it('follows from the seed alone, and differs between seeds', () => {
    const image = noise(30, 24, 'RGBA');
    const all: Augmentation = { affine: { rotate: 10 }, colour: { brightness: 0.3, hue: 0.1 }, background: {} };
    assert.deepEqual(augment(image, config, all, 5), augment(image, config, all, 5));
    assert.notDeepEqual(augment(image, config, all, 5), augment(image, config, all, 6));
    assert.notDeepEqual(augment(image, config, {}, 5), augment(image, config, {}, 6));
  });

  it('shows the picture as in evaluation where nothing is varied', () => {
    const image = noise(30, 24, 'RGBA');
    assert.deepEqual(augment(image, config, { crop: null }, 5), preprocess(image, config));
    const white = { ...config, background: [255, 255, 255] as const };
    assert.deepEqual(augment(image, white, { crop: null }, 5), preprocess(image, white));
  });

  it("shows open_clip's random part, resized by Pillow's bicubic", () => {
    const image = noise(40, 33);
    const { data } = augmentPixels(image, config, {}, 9);
    const boxes: string[] = [];
    for (let width = 28; width <= 40; width++)
      for (let height = 28; height <= 33; height++)
        for (let left = 0; left <= 40 - width; left++)
          for (let top = 0; top <= 33 - height; top++) {
            const part = resize(crop(image, { left, top, width, height }), 16, 16, 'bicubic');
            if (Buffer.compare(Buffer.from(part.data), Buffer.from(data)) === 0) boxes.push(`${width} x ${height}`);
          }
    assert.equal(boxes.length, 1, `it is the part ${boxes}`);
  });

  it('leaves one kind of change as it was when another is added', () => {
    const image = noise(20, 20);
    const one = augmentPixels(image, config, { affine: { rotate: 20 } }, 3);
    const both = augmentPixels(image, config, { affine: { rotate: 20 }, background: {}, colour: {} }, 3);
    assert.deepEqual(both, one);
  });

  it('puts a drawn colour behind alpha, and in the corners that a turn leaves free', () => {
    const clear: Image = { width: 16, height: 16, mode: 'RGBA', data: new Uint8Array(16 * 16 * 4) };
    const blue = { background: { colours: [[10, 20, 250]] as const }, affine: { rotate: 40, translate: 0.4 } };
    const { data } = augmentPixels(clear, config, blue, 1);
    for (let at = 0; at < data.length; at += 3) assert.deepEqual([...data.subarray(at, at + 3)], [10, 20, 250]);
    const opaque = noise(16, 16);
    assert.deepEqual(augmentPixels(opaque, config, { background: {} }, 1), augmentPixels(opaque, config, {}, 1));
    const seldom = { background: { probability: 0.25, colours: [[1, 2, 3]] as const }, crop: null };
    const drawn = Array.from({ length: 400 }, (_, seed) => augmentPixels(clear, config, seldom, seed).data[0]);
    const share = drawn.filter((red) => red === 1).length / 400;
    assert.ok(Math.abs(share - 0.25) < 0.07, `the share is ${share}`);
  });
});

describe('randomCropBox()', () => {
  it('stays inside, in the range of sizes and shapes', () => {
    const size = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(size, size, fc.nat(), (width, height, seed) => {
        const box = randomCropBox({ width, height }, openClipCrop, uniformNumbers(seed));
        assert.ok(box.width >= 1 && box.height >= 1 && box.left >= 0 && box.top >= 0);
        assert.ok(box.left + box.width <= width && box.top + box.height <= height);
        if (Math.min(width, height) < 50) return;
        const [area, shape] = [(box.width * box.height) / (width * height), box.width / box.height];
        assert.ok(shape > 0.73 && shape < 1.37, `shape ${shape}`);
        if (width / height < 1.3 && height / width < 1.3) assert.ok(area > 0.88, `area ${area}`);
      }),
    );
  });

  it('takes the largest allowed part in the middle where ten tries do not fit', () => {
    const box = randomCropBox({ width: 400, height: 100 }, { scale: [1, 1], ratio: [0.75, 1.25] }, uniformNumbers(1));
    assert.deepEqual(box, { left: 137, top: 0, width: 125, height: 100 });
    const high = randomCropBox({ width: 75, height: 400 }, { scale: [1, 1], ratio: [0.75, 1.25] }, uniformNumbers(1));
    assert.deepEqual(high, { left: 0, top: 150, width: 75, height: 100 });
  });
});

describe('affine', () => {
  const picture = grid(1, 2, 3, 4, 5, 6, 7, 8, 9);

  it('does nothing by nothing', () => {
    assert.deepEqual(transform(picture, randomTransform(3, {}, given(0, 0, 0, 0, 0))).data, picture.data);
  });

  it('turns clockwise by a positive angle', () => {
    const quarter = randomTransform(3, { rotate: 90 }, given(1, 0.5, 0.5, 0, 0.5));
    assert.deepEqual(levelsOf(transform(picture, quarter, [0, 0, 0])), [7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  it('moves, and fills or lets the edge go on', () => {
    const right = randomTransform(3, { translate: 1 / 3 }, given(0.5, 1, 0.5, 0, 0.5));
    assert.deepEqual(levelsOf(transform(picture, right, [0, 0, 0])), [0, 1, 2, 0, 4, 5, 0, 7, 8]);
    assert.deepEqual(levelsOf(transform(picture, right)), [1, 1, 2, 4, 4, 5, 7, 7, 8]);
  });

  it('sizes around the middle', () => {
    const smaller = randomTransform(3, { scale: [0.5, 0.5] }, given(0.5, 0.5, 0.5, 0, 0.5));
    assert.deepEqual(levelsOf(transform(picture, smaller, [0, 0, 0])), [0, 0, 0, 0, 5, 0, 0, 0, 0]);
    const larger = randomTransform(3, { scale: [2, 2] }, given(0.5, 0.5, 0.5, 0, 0.5));
    assert.deepEqual(levelsOf(transform(picture, larger)), [3, 4, 4, 5, 5, 6, 6, 7, 7]);
  });

  it('slants rows against each other', () => {
    const slanted = randomTransform(3, { shear: 45 }, given(0.5, 0.5, 0.5, 0, 1));
    assert.deepEqual(levelsOf(transform(picture, slanted, [0, 0, 0])), [2, 3, 0, 4, 5, 6, 0, 7, 8]);
  });
});

describe('changeColours()', () => {
  const one = (red: number, green: number, blue: number): Image => ({
    width: 1,
    height: 1,
    mode: 'RGB',
    data: Uint8Array.of(red, green, blue),
  });
  const most = (...numbers: number[]) => given(...numbers);
  const still = 0.5;

  it('changes brightness, by hand', () => {
    const { data } = changeColours(one(100, 50, 200), { brightness: 0.5 }, most(1, still, still, still, 0.9));
    assert.deepEqual([...data], [150, 75, 255]);
  });

  it('changes contrast around the mean grey, by hand', () => {
    const two: Image = { width: 2, height: 1, mode: 'RGB', data: Uint8Array.of(100, 100, 100, 200, 200, 200) };
    const { data } = changeColours(two, { contrast: 0.5 }, most(still, 0, still, still, 0.9));
    assert.deepEqual([...data], [125, 125, 125, 175, 175, 175]);
  });

  it("takes colour away towards Rec. 601's grey", () => {
    const grey = 0.299 * 100 + 0.587 * 50 + 0.114 * 200;
    const none = changeColours(one(100, 50, 200), { saturation: 1 }, most(still, still, 0, still, 0.9));
    assert.deepEqual([...none.data], [82, 82, 82]);
    assert.equal(Math.round(grey), 82);
    const half = changeColours(one(100, 50, 200), { saturation: 0.5 }, most(still, still, 0, still, 0.9));
    assert.deepEqual([...half.data], [91, 66, 141]);
    const never = changeColours(one(100, 50, 200), { grey: 0.3 }, most(still, still, still, still, 0.29));
    assert.deepEqual([...never.data], [82, 82, 82]);
  });

  it('turns the colour circle: a third of a turn makes red green, and grey stays', () => {
    const third = (image: Image) =>
      changeColours(image, { hue: 0.5 }, most(still, still, still, 0.5 + 1 / 3, 0.9)).data;
    assert.deepEqual([...third(one(200, 0, 0))], [0, 200, 0]);
    assert.deepEqual([...third(one(90, 90, 90))], [90, 90, 90]);
  });
});
