/**
 * Pictures x texts: the matrix of cosines that CLIP is trained on.
 *
 *   node build/examples/matrix.js
 */
import { loadClip, readImage, similarities, useBackend } from '../src/node.ts'; // in your project: 'clip-tfjs/node'

await useBackend();
const clip = await loadClip('test/goldens/pipeline/model.safetensors', { activation: 'quick_gelu' });
const files = ['rgb-landscape.png', 'rgba.png', 'palette.png'];
const texts = ['a landscape', 'a drawing', 'noise'];
const images = await Promise.all(files.map((file) => readImage(`test/goldens/images/${file}`)));
const { cosine } = await similarities(clip, images, texts);

console.log(['', ...texts].map((text) => text.padStart(18)).join(''));
for (const [row, file] of files.entries()) {
  const cells = Array.from(cosine[row] ?? [], (value) => value.toFixed(4).padStart(18));
  console.log(file.padStart(18) + cells.join(''));
}
clip.dispose();
