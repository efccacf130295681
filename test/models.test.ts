import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../src/clip.ts';
import { block } from '../src/nn/block.ts';
import { loadClip, useBackend } from '../src/node.ts';
import { causalMask } from '../src/text/causal-mask.ts';
import { embedTokens } from '../src/text/text-encoder.ts';
import { stage, stem } from '../src/vision/modified-resnet.ts';
import { embedImage } from '../src/vision/vit.ts';
import { assertClose, assertSameDirection } from './assert-close.ts';
import { goldens, idTensor, onEachBackend, pixelTensor, readGolden } from './golden.ts';
import { goldenModels } from './golden-models.ts';

const tolerance = 1e-4;

describe('the six golden models', () => {
  onEachBackend((backend) => {
    for (const { name, source, options } of goldenModels) {
      describe(name, () => {
        let clip: Clip;
        let golden: Awaited<ReturnType<typeof readGolden>>;

        before(async () => {
          await useBackend(backend);
          clip = await loadClip(join(goldens, 'models', source), options);
          golden = await readGolden(join(goldens, 'models', name, 'golden.safetensors'));
        });
        after(() => clip.dispose());

        it('gives the image embeddings of the reference', async () => {
          const pixels = pixelTensor(golden('pixel_values_nchw'));
          await compare('image_features', 'image_embeds', clip.encodeImage(pixels));
        });

        it('gives the text embeddings of the reference', async () => {
          await compare('text_features', 'text_embeds', clip.encodeText(idTensor(golden('input_ids'))));
        });

        it('gives the logits of the reference', async () => {
          const logits = tf.tidy(() => {
            const unit = (rows: tf.Tensor2D) => tf.div(rows, tf.norm(rows, 2, 1, true)) as tf.Tensor2D;
            const images = unit(clip.encodeImage(pixelTensor(golden('pixel_values_nchw'))));
            const texts = unit(clip.encodeText(idTensor(golden('input_ids'))));
            return tf.mul(tf.matMul(images, texts, false, true), clip.logitScale);
          });
          const { values } = golden('logits_per_image');
          assertClose('logits_per_image', await logits.data(), values, tolerance * clip.logitScale);
        });

        /** The unit vectors are always given, the features before normalisation by OpenAI's and open_clip's code only. */
        async function compare(features: string, embeds: string, encoded: tf.Tensor2D): Promise<void> {
          const unit = await tf.div(encoded, tf.norm(encoded, 2, 1, true)).data<'float32'>();
          if (!name.startsWith('hf')) assertClose(features, await encoded.data(), golden(features).values, tolerance);
          assertClose(embeds, unit, golden(embeds).values, tolerance);
          assertSameDirection(embeds, unit, golden(embeds).values, clip.config.embedDim);
        }

        if (name.startsWith('open_clip')) return;

        it('gives the hidden states of the text tower', async () => {
          const { text } = clip.weights;
          assert.ok(text);
          const ids = idTensor(golden('input_ids'));
          const mask = causalMask(ids.shape[1]);
          let hidden = embedTokens(text, ids);
          await compareHidden('text', 0, hidden);
          for (const [layer, weights] of text.resblocks.entries()) {
            hidden = block(weights, hidden, mask);
            await compareHidden('text', layer + 1, hidden);
          }
        });

        it('gives the hidden states of the image tower', async () => {
          const { visual } = clip.weights;
          const pixels = pixelTensor(golden('pixel_values_nchw'));
          if (visual?.kind === 'vit') {
            let hidden = embedImage(visual, pixels);
            await compareHidden('vision', 0, hidden);
            for (const [layer, weights] of visual.resblocks.entries()) {
              hidden = block(weights, hidden);
              await compareHidden('vision', layer + 1, hidden);
            }
          } else {
            assert.ok(visual);
            let features = stem(visual, pixels);
            for (const [index, bottlenecks] of visual.stages.entries()) {
              features = stage(bottlenecks, features);
              const channelsFirst = tf.transpose(features, [0, 3, 1, 2]);
              const what = `vision_layer${index + 1}_nchw`;
              assertClose(what, await channelsFirst.data(), golden(what).values, tolerance);
            }
          }
        });

        /** Hugging Face's states begin before the first block, OpenAI's after it and with the sequence as the first axis. */
        async function compareHidden(tower: 'text' | 'vision', index: number, hidden: tf.Tensor3D): Promise<void> {
          const openai = name.startsWith('openai');
          if (openai && index === 0) return;
          const what = openai ? `${tower}_block_${index - 1}_seq_first` : `${tower}_hidden_${index}`;
          const ordered = openai ? tf.transpose(hidden, [1, 0, 2]) : hidden;
          assertClose(what, await ordered.data(), golden(what).values, tolerance);
        }
      });
    }
  });

  it('are all there', () => {
    for (const { source } of goldenModels) assert.ok(existsSync(join(goldens, 'models', source)), source);
  });
});
