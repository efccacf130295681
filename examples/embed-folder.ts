/**
 * Embeds every picture of a folder, a few at a time, and finds the two that are most alike.
 *
 *   node build/examples/embed-folder.js [folder]
 */
import { embedImages, findPictures, loadClip, readImage, useBackend } from '../src/node.ts'; // in your project: 'clip-tfjs/node'

await useBackend();
const clip = await loadClip('test/goldens/pipeline/model.safetensors', { activation: 'quick_gelu' });
const found = await findPictures([process.argv[2] ?? 'test/goldens/images']);
const pictures = found.filter(({ path }) => !/(decoded|expected).png$/.test(path)); // these repeat the others

// An async generator: pictures are read as they are needed, so a large folder is never in memory at once.
async function* images() {
  for (const { path } of pictures) yield await readImage(path);
}

const rows = await embedImages(clip, images(), {
  batchSize: 8,
  onProgress: (done) => console.error(`${done} of ${pictures.length}`),
});
let best = { cosine: -1, one: '', other: '' };
for (const [i, one] of rows.entries()) {
  for (const [j, other] of rows.slice(0, i).entries()) {
    const cosine = one.reduce((sum, value, k) => sum + value * (other[k] as number), 0);
    const identical = cosine > 1 - 1e-6;
    if (!identical && cosine > best.cosine)
      best = { cosine, one: pictures[i]?.path ?? '', other: pictures[j]?.path ?? '' };
  }
}
console.log(`${best.one}\n${best.other}\nare most alike without being the same: cosine ${best.cosine.toFixed(4)}`);
clip.dispose();
