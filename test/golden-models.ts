import type { LoadOptions } from '../src/weights/load.ts';

/** The six small models with recorded outputs; `source` is where they load from, in test/goldens/models. */
export const goldenModels: { name: string; source: string; options?: LoadOptions }[] = [
  { name: 'openai-vit', source: 'openai-vit/model.safetensors', options: { activation: 'quick_gelu' } },
  { name: 'openai-rn', source: 'openai-rn/model.safetensors', options: { activation: 'quick_gelu' } },
  { name: 'hf-vit-quickgelu', source: 'hf-vit-quickgelu' },
  { name: 'hf-vit-gelu', source: 'hf-vit-gelu' },
  { name: 'hf-vit-bf16', source: 'hf-vit-bf16' },
  { name: 'open_clip-vit-gelu', source: 'open_clip-vit-gelu' },
];
