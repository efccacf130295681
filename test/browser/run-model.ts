import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../../src/clip.ts';
import { loadClip } from '../../src/index.ts';
import { compareWithGolden } from '../../src/node/golden.ts';
import { blobSource, openSafetensors, type SafetensorsFile } from '../../src/weights/safetensors.ts';
import type { goldenModels } from '../golden-models.ts';
import type { Result } from '../parity/run-case.ts';

const tolerance = 1e-4;

/** A safetensors file at an address. */
export async function fetchGolden(address: URL): Promise<SafetensorsFile> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`Cannot fetch ${address}: the server answered ${response.status}`);
  return openSafetensors(blobSource(await response.blob()));
}

/** Compares with each number of `expected`. */
export function compareNumbers(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: number,
): Result {
  let error = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(difference <= error)) error = difference; // NaN too
  }
  return { name, error, faults: error <= allowed ? [] : [`differs by ${error} (allowed ${allowed})`] };
}

/** Loads a golden model and compares every recorded state, the directions of its features and its logits. */
export async function runModel(
  { name, source, options }: (typeof goldenModels)[number],
  goldens: URL,
): Promise<Result[]> {
  const clip = await loadClip(new URL(`models/${source}`, goldens), options);
  const golden = await fetchGolden(new URL(`models/${name}/golden.safetensors`, goldens));
  try {
    const states = await compareWithGolden(clip, golden);
    const compared = states.map(({ name: state, error }) => ({
      name: state,
      error,
      faults: error <= tolerance ? [] : [`differs by ${error} (allowed ${tolerance})`],
    }));
    const recorded = [...golden.tensors.keys()].filter((state) => /_hidden_|_block_|_layer|_embeds$/.test(state));
    const missing = recorded.filter((state) => !states.some((compared) => compared.name === state));
    const all = { name: 'every recorded state', error: 0, faults: missing.map((state) => `${state} was not compared`) };
    return [all, ...compared, ...(await compareFeatures(clip, golden))];
  } finally {
    clip.dispose();
    await golden.close();
  }
}

async function compareFeatures(clip: Clip, golden: SafetensorsFile): Promise<Result[]> {
  const shape = (name: string) => golden.tensors.get(name)?.shape as never;
  const pixelValues = await golden.readFloat32('pixel_values_nchw');
  const ids = Int32Array.from((await golden.read('input_ids')) as Int32Array, Number);
  const [images, texts] = tf.tidy(() => {
    const pixels = tf.tensor4d(pixelValues, shape('pixel_values_nchw'));
    return [
      clip.encodeImage(tf.transpose(pixels, [0, 2, 3, 1])),
      clip.encodeText(tf.tensor2d(ids, shape('input_ids'), 'int32')),
    ] as const;
  });
  const imageRows = unitRows(await images.data<'float32'>(), clip.config.embedDim);
  const textRows = unitRows(await texts.data<'float32'>(), clip.config.embedDim);
  tf.dispose([images, texts]);
  const logits = imageRows.flatMap((image) => textRows.map((text) => clip.logitScale * dot(image, text)));
  return [
    compareDirections('directions of images', imageRows, await golden.readFloat32('image_embeds')),
    compareDirections('directions of texts', textRows, await golden.readFloat32('text_embeds')),
    compareNumbers(
      'logits_per_image',
      logits,
      await golden.readFloat32('logits_per_image'),
      tolerance * clip.logitScale,
    ),
  ];
}

function compareDirections(name: string, rows: Float32Array[], recorded: Float32Array): Result {
  const expected = unitRows(recorded, recorded.length / rows.length);
  const cosines = rows.map((row, index) => dot(row, expected[index] as Float32Array));
  const worst = Math.min(...cosines);
  return { name, error: 1 - worst, faults: worst >= 0.999999 ? [] : [`a cosine of ${worst}`] };
}

function unitRows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, index) => {
    const row = values.subarray(index * width, (index + 1) * width);
    return row.map((value) => value / Math.sqrt(dot(row, row)));
  });
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
}
