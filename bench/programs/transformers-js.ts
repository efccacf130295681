/**
 * transformers.js as its pages show it, on its default engine in Node (onnxruntime-node), in float32; texts are padded to
 * the longest of their batch: transformers-js.js MODELS INPUTS THREADS.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pictureReader, readSetting, readTexts } from './inputs.ts';
import { loadPeer, peerVersion } from './peers.ts';
import { inBatches, rowsOf, serve } from './serve.ts';

type Tensor = { data: Float32Array; dims: number[] };
type Model = ((inputs: object) => Promise<{ image_embeds: Tensor; text_embeds: Tensor }>) & {
  config: { vision_config?: { image_size: number } };
};
type Pretrained<T> = { from_pretrained: (name: string, options?: object) => Promise<T> };
type Transformers = {
  env: { localModelPath: string; allowRemoteModels: boolean };
  Tensor: new (dtype: string, data: ArrayBufferView, dims: number[]) => Tensor;
  AutoTokenizer: Pretrained<(texts: string[], options: object) => object>;
  AutoProcessor: Pretrained<(images: object[]) => Promise<object>>;
  CLIPTextModelWithProjection: Pretrained<Model>;
  CLIPVisionModelWithProjection: Pretrained<Model>;
  RawImage: { read: (path: string) => Promise<object> };
};

const setting = readSetting();
let library: Transformers;
let vision: Model;
let text: Model;
let tokenizer: (texts: string[], options: object) => object;
let readPictures: (count: number) => Float32Array;
let size = 0;

await serve(
  {
    async load() {
      library = loadPeer<Transformers>('@huggingface/transformers');
      library.env.localModelPath = setting.models;
      library.env.allowRemoteModels = false;
      const options = { dtype: 'fp32', session_options: { intraOpNumThreads: setting.threads } };
      tokenizer = await library.AutoTokenizer.from_pretrained('huggingface');
      text = await library.CLIPTextModelWithProjection.from_pretrained('huggingface', options);
      vision = await library.CLIPVisionModelWithProjection.from_pretrained('huggingface', options);
      size = vision.config.vision_config?.image_size ?? 224;
      readPictures = pictureReader(setting, size);
      const packages = ['@huggingface/transformers', 'onnxruntime-node', 'sharp'];
      return Object.fromEntries(packages.map((name) => [name, peerVersion(name)]));
    },
    async embedImages(count) {
      const pixel_values = new library.Tensor('float32', readPictures(count), [count, 3, size, size]);
      const { image_embeds } = await vision({ pixel_values });
      return rowsOf(image_embeds.data, count);
    },
    embedTexts: (texts) =>
      inBatches(texts, 64, async (batch) => {
        const { text_embeds } = await text(tokenizer(batch, { padding: true, truncation: true }));
        return rowsOf(text_embeds.data, batch.length);
      }),
    async embedFolder(directory, count) {
      const processor = await library.AutoProcessor.from_pretrained('huggingface');
      return inBatches(readdirSync(directory).sort().slice(0, count), 32, async (names) => {
        const images = await Promise.all(names.map((name) => library.RawImage.read(join(directory, name))));
        const { image_embeds } = await vision(await processor(images));
        return rowsOf(image_embeds.data, names.length);
      });
    },
  },
  () => readTexts(setting),
);
