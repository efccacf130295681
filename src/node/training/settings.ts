import type { Augmentation } from '../../image/augment.ts';
import type { Schedule } from '../../train/schedule.ts';
import { type JsonFields, parseJson } from '../../weights/json.ts';
import { readAugmentation } from './augmentation-json.ts';
import { readAtLeast, readRange, readString, readStrings, refuseOthers } from './config-json.ts';
import { type LoraSettings, readLora, type TrainingMode, trainingModes } from './mode-settings.ts';

/** How a model is trained: plain data, as it stands under `training` in a config's JSON. */
export type TrainingSettings = {
  /** Times that each pair is shown. */
  epochs: number;
  /** Steps in all, in place of `epochs`. */
  steps?: number;
  batchSize: number;
  learningRate: number;
  /** Steps in which the learning rate rises; a tenth of all by default. */
  warmup?: number;
  schedule: Schedule;
  /** With the schedule 'cooldown', its last steps; a fifth of all by default. */
  cooldown?: number;
  weightDecay: number;
  betas: readonly [number, number];
  eps: number;
  /** Longer gradients are shortened to this norm. */
  clipNorm: number;
  /** Where given, an average of the weights with this decay is validated and saved in their place. */
  averageDecay?: number;
  /** Of everything random. */
  seed: number;
  /** What is trained. */
  mode: TrainingMode;
  /** With the mode 'last-blocks', how many. */
  lastBlocks: number;
  /** With the mode 'lora'. */
  lora: LoraSettings;
  /** What the learning rate of a block is, as a share of the next one's; 1 if left out. */
  layerDecay?: number;
  /** Parameters whose names begin so are not trained. */
  freeze: readonly string[];
  /** Pairs that go through the towers at once; by default what the memory allows. */
  chunkSize?: number;
  /** Whether blocks are computed a second time on the way back; by default what the memory allows. */
  recompute?: boolean;
};

/** What both commands begin with: CLIP, section 2.5, and open_clip's batch and epochs cut down to one machine. */
export const defaultSettings: TrainingSettings = {
  epochs: 10,
  batchSize: 32,
  learningRate: 1e-5,
  schedule: 'cosine',
  weightDecay: 0.2,
  betas: [0.9, 0.98],
  eps: 1e-6,
  clipNorm: 1,
  seed: 0,
  mode: 'full',
  lastBlocks: 2,
  lora: { rank: 8, alpha: 16, targets: ['qkv', 'out'] },
  freeze: [],
};

/** Those that were given. */
export type GivenSettings = Partial<Omit<TrainingSettings, 'lora'>> & { lora?: Partial<LoraSettings> };

/** A training config's parts; `model` is the whole file, for the reader of open_clip's `model_cfg` and `preprocess_cfg`. */
export type TrainingConfig = {
  settings: GivenSettings;
  augmentation: Augmentation;
  /** A directory with tokenizer files, relative to the config. */
  tokenizer: string | undefined;
  hasModel: boolean;
};

/**
 * Reads a training config: `training`, `augmentation`, `tokenizer`, and for training from scratch `model_cfg` and
 * `preprocess_cfg` as open_clip writes them. Unknown fields are refused: a misspelt one would silently do nothing.
 * @throws SyntaxError that names file and field
 */
export function readTrainingConfig(file: string, text: string): TrainingConfig {
  const root = parseJson(file, text);
  refuseOthers(root, ['model_cfg', 'preprocess_cfg', 'tokenizer', 'training', 'augmentation']);
  const training = root.object('training');
  const augmentation = root.object('augmentation');
  return {
    settings: training ? readSettings(training) : {},
    augmentation: augmentation ? readAugmentation(augmentation) : {},
    tokenizer: root.value('tokenizer') === undefined ? undefined : readString(root, 'tokenizer'),
    hasModel: root.value('model_cfg') !== undefined,
  };
}

function readSettings(fields: JsonFields): GivenSettings {
  const readers: { [Key in keyof TrainingSettings]-?: () => unknown } = {
    epochs: () => fields.count('epochs'),
    steps: () => fields.count('steps'),
    batchSize: () => fields.count('batchSize'),
    learningRate: () => readAtLeast(fields, 'learningRate', 0),
    warmup: () => readAtLeast(fields, 'warmup', 0),
    schedule: () => fields.oneOf('schedule', ['cosine', 'constant', 'cooldown']),
    cooldown: () => readAtLeast(fields, 'cooldown', 0),
    weightDecay: () => readAtLeast(fields, 'weightDecay', 0),
    betas: () => readRange(fields, 'betas', 0),
    eps: () => readAtLeast(fields, 'eps', 0),
    clipNorm: () => readAtLeast(fields, 'clipNorm', 0),
    averageDecay: () => readAtLeast(fields, 'averageDecay', 0),
    seed: () => readAtLeast(fields, 'seed', 0),
    mode: () => fields.oneOf('mode', trainingModes),
    lastBlocks: () => fields.count('lastBlocks'),
    lora: () => readLora(fields.object('lora') as JsonFields),
    layerDecay: () => readAtLeast(fields, 'layerDecay', 0),
    freeze: () => readStrings(fields, 'freeze'),
    chunkSize: () => fields.count('chunkSize'),
    recompute: () => fields.boolean('recompute', true),
  };
  refuseOthers(fields, Object.keys(readers));
  const given = fields.keys.filter((key) => fields.value(key) !== undefined);
  return Object.fromEntries(given.map((key) => [key, readers[key as keyof TrainingSettings]()]));
}
