/**
 * Everyone's first CLIP program: which of these texts fits this picture?
 *
 *   node build/examples/zero-shot.js [picture] [model] [activation]
 *
 * Without arguments it takes a golden picture and the tiny random model, whose answer means nothing.
 */
import * as tf from '@tensorflow/tfjs';
import { type Activation, loadClip, preprocess, readImage, useBackend } from '../src/node.ts'; // in your project: 'clip-tfjs/node'

const [
  picture = 'test/goldens/images/rgb-portrait.png',
  model = 'test/goldens/pipeline/model.safetensors',
  activation = 'quick_gelu',
] = process.argv.slice(2);
const texts = ['a photo of a dog', 'a photo of a cat', 'a diagram', 'the number 8', 'a sunset over the sea'];

await useBackend();
const clip = await loadClip(model, { activation: activation as Activation });
const { size } = clip.config.preprocess;
const pixels = preprocess(await readImage(picture), clip.config.preprocess);
const { ids, shape } = clip.tokenizer.tokenize(texts);

const answer = tf.tidy(() => {
  const image = clip.encodeImage(tf.tensor4d(pixels, [1, size, size, 3])); // [1, embedDim]
  const text = clip.encodeText(tf.tensor2d(ids, shape, 'int32')); // [5, embedDim]
  // The encoders' rows are NOT of unit length. Forgetting to normalise them is the classic mistake: the product is then no
  // cosine, long vectors win, and the temperature, which was learnt for cosines, makes nonsense of it.
  const unit = (rows: tf.Tensor2D) => tf.div<tf.Tensor2D>(rows, tf.norm(rows, 2, 1, true));
  const cosines = tf.matMul(unit(image), unit(text), false, true); // [1, 5]
  return tf.softmax(tf.mul(cosines, clip.logitScale));
});
const probabilities = await answer.data(); // a GPU answers later
answer.dispose();

for (const [index, text] of texts.entries())
  console.log(`${(100 * (probabilities[index] as number)).toFixed(1).padStart(5)} %  ${text}`);
clip.dispose();
