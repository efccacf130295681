import * as tf from '@tensorflow/tfjs';
import { architectureConfig, type VitConfig } from '../../config.ts';
import { transformer } from '../../nn/block.ts';
import { type Take, takeBlock } from '../../parameters.ts';

export type Speed = {
  /** 1e9 multiplications and additions a second in a product of two matrices, as large as the MLP's in ViT-B/32. */
  matmulGflops: number;
  /** Milliseconds that a picture spends in one of the 12 blocks of ViT-B/32. */
  blockMsPerPicture: number;
};

/** A run at least this long is taken for the speed, in milliseconds; a shorter one is repeated with more pictures. */
const longEnough = 100;
const mostPictures = 256;

/** A first run this long is not repeated: compiling is the lesser part of it. */
const tooLong = 2000;

/** Measures the backend in use. Leaves no tensor behind. */
export async function measureSpeed(): Promise<Speed> {
  const vision = architectureConfig('ViT-B/32', 'quick_gelu').vision as VitConfig;
  const { width, mlpWidth, imageSize, patchSize } = vision;
  const seq = 1 + (imageSize / patchSize) ** 2;
  const tensors: tf.Tensor[] = [];
  const random = (shape: readonly number[]) => {
    const tensor = tf.randomNormal([...shape], 0, 0.02);
    tensors.push(tensor);
    return tensor;
  };
  const take: Take = <R extends tf.Rank>(_: string, shape: tf.ShapeMap[R]) => random(shape) as tf.Tensor<R>;
  try {
    const kernel = random([width, mlpWidth]) as tf.Tensor2D;
    const matmulMs = await msPerPicture((pictures) => tf.matMul(tf.ones([pictures * seq, width]), kernel));
    const weights = [takeBlock(vision, take, 'block')];
    const blockMsPerPicture = await msPerPicture((pictures) => transformer(weights, tf.ones([pictures, seq, width])));
    return { matmulGflops: (2 * seq * width * mlpWidth) / (1e6 * matmulMs), blockMsPerPicture };
  } finally {
    tf.dispose(tensors);
  }
}

/** Milliseconds, at the number of pictures that suits the backend best. The first run of a size compiles and is seldom counted. */
async function msPerPicture(run: (pictures: number) => tf.Tensor): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let pictures = 1; pictures <= mostPictures; pictures *= 4) {
    const first = await timed(() => run(pictures));
    const ms = first > tooLong ? first : await timed(() => run(pictures));
    best = Math.min(best, ms / pictures);
    if (ms >= longEnough) break;
  }
  return best;
}

/** Reads one number back, because engines answer before they have computed. */
async function timed(run: () => tf.Tensor): Promise<number> {
  const start = performance.now();
  const number = tf.tidy(() => tf.slice(tf.reshape(run(), [-1]), 0, 1));
  await number.data();
  number.dispose();
  return performance.now() - start;
}
