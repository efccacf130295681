import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type Clip,
  initClip,
  loadAdapter,
  mergeAdapterFrom,
  modelHash,
  saveAdapter,
  useBackend,
} from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { type LoraAdapter, loraOf, loraTargets } from '../../src/train.ts';
import { encodeSafetensors, type TensorData } from '../../src/weights/safetensors.ts';
import { assertClose } from '../assert-close.ts';
import { tinyConfig } from '../tiny.ts';
import { collectWarnings } from '../warnings.ts';

const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
const newClip = (seed = 3): Clip => initClip(tinyConfig(), seed, () => assert.fail());
const query = 'visual.resblocks.1.attn.qkv.kernel';

async function trainedAdapter(clip: Clip): Promise<LoraAdapter> {
  const lora = loraOf(clip, { rank: 3, alpha: 7, targets: loraTargets });
  const normal = normalNumbers(2);
  const { kernels, ...rest } = await lora.adapter();
  lora.dispose();
  const learned = [...kernels].map(([name, change]) => [name, { ...change, b: change.b.map(() => normal()) }] as const);
  return { ...rest, kernels: new Map(learned) };
}

/** An adapter as PEFT writes it, of layers of the image tower's block 1. */
async function writePeft(directory: string, layers: Record<string, number[][][]>, more: object = {}): Promise<void> {
  const tensors = new Map<string, TensorData>();
  for (const [layer, matrices] of Object.entries(layers))
    for (const [index, rows] of matrices.entries())
      tensors.set(`base_model.model.vision_model.encoder.layers.1.${layer}.lora_${'AB'[index]}.weight`, {
        dtype: 'F32',
        shape: [rows.length, rows[0]!.length],
        data: Float32Array.from(rows.flat()),
      });
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSafetensors(tensors, new Map([['format', 'pt']]))) chunks.push(chunk.slice());
  writeFileSync(join(directory, 'adapter_model.safetensors'), Buffer.concat(chunks));
  const config = { peft_type: 'LORA', r: 1, lora_alpha: 2, bias: 'none', use_dora: false, rank_pattern: {}, ...more };
  writeFileSync(join(directory, 'adapter_config.json'), JSON.stringify(config));
}

describe('an adapter on disk', () => {
  before(() => useBackend('wasm'));
  after(() => rmSync(folder, { recursive: true }));

  it('comes back as it was, and makes of its base what it made in training', async () => {
    using clip = newClip();
    const adapter = await trainedAdapter(clip);
    const directory = join(folder, 'own');
    await saveAdapter(directory, adapter, { config: clip.config, base: await modelHash(clip) });
    const before = tf.memory().numTensors;
    assert.deepEqual(await loadAdapter(clip, directory), adapter);
    const lora = loraOf(clip, { rank: 3, alpha: 7, targets: loraTargets });
    lora.load(adapter);
    using other = newClip();
    await mergeAdapterFrom(other, directory);
    for (const [name, tensor] of clip.parameters)
      assert.deepEqual(await other.parameters.get(name)!.data(), await tensor.data(), name);
    lora.dispose();
    assert.equal(tf.memory().numTensors, before + other.parameters.size);
  });

  it('is refused by another model', async () => {
    using other = newClip(4);
    const text = other.parameters.get('text.proj')!.dataSync();
    await assert.rejects(
      mergeAdapterFrom(other, join(folder, 'own')),
      /Cannot use the adapter .*own: it was trained on another model; use the one/,
    );
    assert.deepEqual(other.parameters.get('text.proj')!.dataSync(), text);
    await assert.rejects(loadAdapter(other, folder), /expected a directory with adapter_config\.json/);
  });

  it('may be one of PEFT, whose projections have each an A of their own, or none', async () => {
    using clip = newClip();
    const directory = mkdtempSync(join(folder, 'peft-'));
    const a = (value: number) => [Array.from({ length: 32 }, (_, input) => value * input)];
    const b = (value: number) => Array.from({ length: 32 }, (_, output) => [value + output]);
    await writePeft(directory, { 'self_attn.q_proj': [a(0.1), b(1)], 'self_attn.v_proj': [a(-0.2), b(2)] });
    const kernel = Float32Array.from(await clip.parameters.get(query)!.data<'float32'>());
    const warnings = await collectWarnings(() => mergeAdapterFrom(clip, directory));
    assert.match(warnings.join(), /does not say which model it was trained on/);
    const expected = kernel.map((value, index) => {
      const [input, column] = [Math.floor(index / 96), index % 96];
      const [part, output] = [Math.floor(column / 32), column % 32];
      const change = [0.1 * input * (1 + output), 0, -0.2 * input * (2 + output)][part]!;
      return value + 2 * change;
    });
    assertClose(query, await clip.parameters.get(query)!.data(), expected, 1e-4);
  });

  it('is refused where it is more than a low-rank change, or of another size', async () => {
    using clip = newClip();
    const rows = (count: number, length: number) => Array.from({ length: count }, () => Array(length).fill(1));
    const good = { 'self_attn.out_proj': [rows(1, 32), rows(32, 1)] };
    for (const [layers, more, message] of [
      [good, { use_dora: true }, /expected use_dora to be absent/],
      [good, { init_lora_weights: 'pissa_niter_4' }, /expected init_lora_weights to be a start that leaves the base/],
      [good, { peft_type: 'IA3' }, /expected peft_type to be "LORA" but got "IA3"/],
      [good, { bias: 'all' }, /expected bias to be "none"/],
      [good, { rank_pattern: { q_proj: 2 } }, /expected rank_pattern to be empty/],
      [
        { 'self_attn.out_proj': [rows(2, 32), rows(32, 2)] },
        {},
        /out_proj\.lora_A\.weight \[1, 32\] .* got \[2, 32\] and \[32, 2\]/,
      ],
      [{ ...good, 'mlp.fc9': [rows(1, 32), rows(32, 1)] }, {}, /but got base_model\.model\..*fc9\.lora_A\.weight/],
      [{}, {}, /but got none/],
    ] as const) {
      const directory = mkdtempSync(join(folder, 'bad-'));
      await writePeft(directory, layers as never, more);
      await assert.rejects(loadAdapter(clip, directory), message);
    }
  });

  it('says its rank, alpha and layers as PEFT does', () => {
    const config = JSON.parse(readFileSync(join(folder, 'own', 'adapter_config.json'), 'utf8'));
    assert.deepEqual([config.peft_type, config.r, config.lora_alpha, config.bias], ['LORA', 3, 7, 'none']);
    assert.equal(config.target_modules.length, 2 * 2 * 6);
    assert.ok(config.target_modules.includes('text_model.encoder.layers.0.self_attn.v_proj'));
  });
});
