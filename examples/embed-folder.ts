/**
 * Embeds every picture of a folder, in worker threads where that is faster, and finds the two that are most alike.
 *
 *   node build/examples/embed-folder.js [folder]
 */
import { embedFiles, findPictures, loadClip, useBackend } from '../src/node.ts'; // in your project: 'clip-tfjs/node'

await useBackend();
const clip = await loadClip('test/goldens/pipeline/model.safetensors', { activation: 'quick_gelu' });
const found = await findPictures([process.argv[2] ?? 'test/goldens/images']);
const pictures = found.filter(({ path }) => !/(decoded|expected).png$/.test(path)); // these repeat the others

const rows: { path: string; embedding: Float32Array }[] = [];
const paths = pictures.map(({ path }) => path);
const onProgress = (done: number) => console.error(`${done} of ${paths.length}`);
for await (const { path, embedding, error } of embedFiles(clip, paths, { batchSize: 8, onProgress })) {
  if (error) console.error(error.message);
  else rows.push({ path, embedding });
}

let best = { cosine: -1, one: '', other: '' };
for (const [i, one] of rows.entries()) {
  for (const other of rows.slice(0, i)) {
    const cosine = one.embedding.reduce((sum, value, k) => sum + value * (other.embedding[k] as number), 0);
    const identical = cosine > 1 - 1e-6;
    if (!identical && cosine > best.cosine) best = { cosine, one: one.path, other: other.path };
  }
}
console.log(`${best.one}\n${best.other}\nare most alike without being the same: cosine ${best.cosine.toFixed(4)}`);
clip.dispose();
