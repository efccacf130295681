import type { ClipConfig } from '../config.ts';
import { parameterShapes } from '../parameters.ts';
import { fromOutputFirst, toOutputFirst } from '../weights/axes.ts';
import { huggingfaceNames } from '../weights/huggingface.ts';
import { parseJson } from '../weights/json.ts';
import { encodeSafetensors, type SafetensorsFile, type TensorData } from '../weights/safetensors.ts';
import type { LoraAdapter, LowRank } from './low-rank.ts';

/** The two files of an adapter, as PEFT calls them. */
export const adapterWeightsFile = 'adapter_model.safetensors';
export const adapterConfigFile = 'adapter_config.json';

/** Under this key of the file's metadata: what `modelHash` gave for the model that was adapted. */
const baseKey = 'clip_tfjs_base';

/**
 * An adapter as PEFT's `LoraConfig` keeps it for transformers' CLIPModel. There the projections of attention are layers of
 * their own: they have the same A, and each its part of B. A ResNet's text tower is named so too, though transformers has
 * no such model.
 * @param base what `modelHash` gives for the model that was adapted
 */
export function adapterFileContents(
  { rank, alpha, kernels }: LoraAdapter,
  { config, base }: { config: ClipConfig; base: string },
): Map<string, string | AsyncIterable<Uint8Array>> {
  const shapes = parameterShapes(config);
  const tensors = new Map<string, TensorData>();
  const modules: string[] = [];
  for (const [name, { a, b, ...change }] of kernels) {
    if (change.rank !== rank)
      throw new RangeError(`Cannot write the adapter: expected rank ${rank} for '${name}' but got ${change.rank}`);
    const [inputs, outputs] = shapes.get(name) as [number, number];
    const [transposedA, transposedB] = [toOutputFirst(a, [inputs, rank]), toOutputFirst(b, [rank, outputs])];
    const layers = layersOf(name);
    for (const [part, layer] of layers.entries()) {
      const [length, rows] = [transposedB.length / layers.length, outputs / layers.length];
      modules.push(layer);
      tensors.set(keyOf(layer, 'A'), { dtype: 'F32', shape: [rank, inputs], data: transposedA });
      tensors.set(keyOf(layer, 'B'), {
        dtype: 'F32',
        shape: [rows, rank],
        data: transposedB.subarray(part * length, (part + 1) * length),
      });
    }
  }
  const description = {
    peft_type: 'LORA',
    task_type: null,
    base_model_name_or_path: null,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    target_modules: modules,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
  };
  const metadata = new Map([
    ['format', 'pt'],
    [baseKey, base],
  ]);
  return new Map<string, string | AsyncIterable<Uint8Array>>([
    [adapterConfigFile, `${JSON.stringify(description, null, 2)}\n`],
    [adapterWeightsFile, encodeSafetensors(tensors, metadata)],
  ]);
}

/**
 * Reads an adapter of PEFT, ours or one that was trained in Python.
 * @param text adapter_config.json
 * @param config of the model that it belongs to
 * @returns the adapter, and the hash of its base where the file says it
 * @throws SyntaxError on one that is more than a low-rank change of linear layers, or of other layers than the model has
 */
export async function readAdapter(
  text: string,
  file: SafetensorsFile,
  config: ClipConfig,
): Promise<{ adapter: LoraAdapter; base: string | undefined }> {
  const { rank, alpha } = readDescription(text);
  const unread = new Set(file.tensors.keys());
  const kernels = new Map<string, LowRank>();
  const take = async (key: string) => {
    unread.delete(key);
    return file.readFloat32(key);
  };
  for (const [name, shape] of parameterShapes(config)) {
    const layers = layersOf(name);
    if (shape.length !== 2 || !layers.some((layer) => unread.has(keyOf(layer, 'A')))) continue;
    const parts: Part[] = [];
    const [inputs, outputs] = [shape[0] as number, (shape[1] as number) / layers.length];
    for (const [index, layer] of layers.entries()) {
      const [keyA, keyB] = [keyOf(layer, 'A'), keyOf(layer, 'B')];
      if (!unread.has(keyA)) continue;
      const expected = `${keyA} [${rank}, ${inputs}] and ${keyB} [${outputs}, ${rank}]`;
      const found = [keyA, keyB].map((key) => file.tensors.get(key)?.shape.join(', ') ?? 'none');
      if (found[0] !== `${rank}, ${inputs}` || found[1] !== `${outputs}, ${rank}`)
        throw new SyntaxError(`Cannot read the adapter: expected ${expected} but got [${found.join('] and [')}]`);
      const a = fromOutputFirst(await take(keyA), [inputs, rank]);
      parts.push({ column: index * outputs, a, b: fromOutputFirst(await take(keyB), [rank, outputs]) });
    }
    kernels.set(name, sideBySide(parts, rank, [inputs, outputs, shape[1] as number]));
  }
  const [other] = unread;
  if (other !== undefined || kernels.size === 0)
    throw new SyntaxError(
      `Cannot read the adapter: expected changes of linear layers of transformers' CLIPModel of this size but got ${other ?? 'none'}`,
    );
  return { adapter: { rank, alpha, kernels }, base: file.metadata.get(baseKey) };
}

/** A · B of some columns of a kernel, from `column` on. */
type Part = { column: number; a: Float32Array; b: Float32Array };

/** One product for all parts: with the same A its columns of B side by side, else also the A's, and B block by block. */
function sideBySide(
  parts: readonly Part[],
  rank: number,
  [inputs, outputs, columns]: readonly [number, number, number],
): LowRank {
  const [{ a: first }] = parts as [Part];
  const isShared = parts.every(({ a }) => a.every((value, index) => value === first[index]));
  const total = isShared ? rank : rank * parts.length;
  const [a, b] = [new Float32Array(inputs * total), new Float32Array(total * columns)];
  for (const [index, part] of parts.entries()) {
    const begin = isShared ? 0 : index * rank;
    for (let row = 0; row < inputs; row++) a.set(part.a.subarray(row * rank, (row + 1) * rank), row * total + begin);
    for (let k = 0; k < rank; k++)
      b.set(part.b.subarray(k * outputs, (k + 1) * outputs), (begin + k) * columns + part.column);
  }
  return { rank: total, a, b };
}

function readDescription(text: string): { rank: number; alpha: number } {
  const fields = parseJson(adapterConfigFile, text);
  if (fields.value('peft_type') !== 'LORA') fields.fail('peft_type', '"LORA"');
  if (![undefined, 'none'].includes(fields.value('bias') as string)) fields.fail('bias', '"none"');
  for (const key of ['use_rslora', 'use_dora', 'fan_in_fan_out', 'lora_bias', 'modules_to_save'])
    if (fields.value(key)) fields.fail(key, 'absent: this is a kind of adapter that is not known here');
  for (const key of ['rank_pattern', 'alpha_pattern'])
    if (Object.keys(fields.value(key) ?? {}).length > 0)
      fields.fail(key, 'empty: one rank and one alpha for all layers');
  const start = fields.value('init_lora_weights');
  if (typeof start === 'string' && /^(pissa|olora|corda|loftq|lora_ga)/i.test(start))
    fields.fail(
      'init_lora_weights',
      'a start that leaves the base as it is; save it as plain LoRA (PEFT: save_pretrained with path_initial_model_for_weight_conversion)',
    );
  return { rank: fields.count('r'), alpha: fields.number('lora_alpha') };
}

/** The layers that a kernel is in transformers. */
function layersOf(name: string): string[] {
  return huggingfaceNames(name).keys.map((key) => key.replace(/\.weight$/, ''));
}

function keyOf(layer: string, matrix: 'A' | 'B'): string {
  return `base_model.model.${layer}.lora_${matrix}.weight`;
}
