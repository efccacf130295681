/**
 * ONNX Runtime's native binding or its WebAssembly: onnxruntime.js (onnxruntime-node | onnxruntime-web) MODELS INPUTS THREADS.
 * It has no tokenizer: ids at all 77 positions are given to it, and making them is not timed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pictureReader, readIds, readSetting, readTexts } from './inputs.ts';
import { loadPeer, peerVersion } from './peers.ts';
import { inBatches, rowsOf, serve } from './serve.ts';

type Tensor = { data: Float32Array; dims: number[] };
type Session = { run: (feeds: Record<string, Tensor>) => Promise<Record<string, Tensor>> };
type OnnxRuntime = {
  Tensor: new (dtype: string, data: ArrayBufferView, dims: number[]) => Tensor;
  InferenceSession: { create: (path: string, options: object) => Promise<Session> };
  env: { wasm: { numThreads: number } };
};

const name = process.argv[2] as 'onnxruntime-node' | 'onnxruntime-web';
const setting = readSetting();
let ort: OnnxRuntime;
let vision: Session;
let text: Session;
let ids: Map<string, Int32Array> | undefined;
let readPictures: (count: number) => Float32Array;
let size = 0;

await serve(
  {
    async load() {
      ort = loadPeer<OnnxRuntime>(name);
      if (name === 'onnxruntime-web') ort.env.wasm.numThreads = setting.threads;
      const options = {
        executionProviders: [name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
        intraOpNumThreads: setting.threads,
      };
      const directory = join(setting.models, 'huggingface');
      const open = (file: string) => ort.InferenceSession.create(join(directory, 'onnx', file), options);
      vision = await open('vision_model.onnx');
      text = await open('text_model.onnx');
      size = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')).vision_config.image_size;
      readPictures = pictureReader(setting, size);
      return { [name]: peerVersion(name) };
    },
    async embedImages(count) {
      const pixel_values = new ort.Tensor('float32', readPictures(count), [count, 3, size, size]);
      const { image_embeds } = await vision.run({ pixel_values });
      return rowsOf((image_embeds as Tensor).data, count);
    },
    embedTexts: (texts) =>
      inBatches(texts, 64, async (batch) => {
        ids ??= readIds(setting);
        const rows = batch.map((one) => ids?.get(one) as Int32Array);
        const flat = BigInt64Array.from(
          rows.flatMap((row) => Array.from(row)),
          BigInt,
        );
        const input_ids = new ort.Tensor('int64', flat, [batch.length, flat.length / batch.length]);
        const { text_embeds } = await text.run({ input_ids });
        return rowsOf((text_embeds as Tensor).data, batch.length);
      }),
  },
  () => readTexts(setting),
);
