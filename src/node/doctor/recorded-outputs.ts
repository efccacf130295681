import type { Activation, Architecture } from '../../config.ts';

/** What published weights gave for named pictures and texts, recorded by their authors or by a port's own tests. */
export type RecordedOutput = {
  name: string;
  /** Whose weights they are of; others of the same shapes give other values. */
  weights: string;
  /** Where on the hub those weights are. */
  repositories: readonly string[];
  /** A published name, or shapes. */
  architecture: string | Architecture;
  activation: Activation;
  /** File names. */
  pictures: readonly string[];
  texts: readonly string[];
  /** Whether pictures were converted to RGB before they were resized, as `Image.open(...).convert('RGB')` does. */
  rgbFirst: boolean;
  /** Softmax over the texts of logitScale · cosine, the cosine, or logitScale · cosine. */
  quantity: 'probability' | 'cosine' | 'logit';
  /** A row per picture with a value per text. */
  expected: readonly (readonly number[])[];
  /** How far a value may be off: what was printed is rounded, and where half precision or another Pillow computed, it shows. */
  tolerance: number;
  source: string;
};

export type RecordedTokens = { text: string; ids: readonly number[]; source: string };

const openaiB32 = {
  weights: "OpenAI's ViT-B/32",
  repositories: ['timm/vit_base_patch32_clip_224.openai', 'openai/clip-vit-base-patch32'],
  architecture: 'ViT-B/32',
  activation: 'quick_gelu',
} as const;

export const recordedOutputs: readonly RecordedOutput[] = [
  {
    ...openaiB32,
    name: "the example of OpenAI's README",
    pictures: ['CLIP.png'],
    texts: ['a diagram', 'a dog', 'a cat'],
    rgbFirst: false,
    quantity: 'probability',
    expected: [[0.9927937, 0.00421068, 0.00299572]],
    tolerance: 1e-3,
    source: 'openai/CLIP, README.md (printed in single precision)',
  },
  {
    ...openaiB32,
    name: "the photographs of OpenAI's notebook",
    // The notebook's eighth, camera.png, is another picture since scikit-image 0.18.
    pictures: [
      'page.png',
      'astronaut.png',
      'rocket.jpg',
      'chelsea.png',
      'horse.png',
      'coffee.png',
      'motorcycle_right.png',
    ],
    texts: [
      'This is a page of text about segmentation',
      'This is a portrait of an astronaut with the American flag',
      'This is a rocket standing on a launchpad',
      'This is a facial photo of a tabby cat',
      'This is a black-and-white silhouette of a horse',
      'This is a cup of coffee on a saucer',
      'This is a red motorcycle standing in a garage',
    ],
    rgbFirst: true,
    quantity: 'cosine',
    // biome-ignore format: a table is read by its columns
    expected: [
      [0.35, 0.13, 0.17, 0.12, 0.17, 0.14, 0.14],
      [0.15, 0.28, 0.19, 0.12, 0.11, 0.15, 0.15],
      [0.16, 0.22, 0.30, 0.12, 0.15, 0.12, 0.16],
      [0.20, 0.17, 0.18, 0.31, 0.15, 0.18, 0.15],
      [0.20, 0.16, 0.17, 0.15, 0.35, 0.15, 0.16],
      [0.20, 0.15, 0.14, 0.17, 0.15, 0.29, 0.13],
      [0.16, 0.15, 0.16, 0.12, 0.17, 0.12, 0.32],
    ],
    tolerance: 0.015,
    source: 'openai/CLIP, notebooks/Interacting_with_CLIP.ipynb (half precision, two digits printed)',
  },
  {
    ...openaiB32,
    name: "two cats, of transformers' tests",
    pictures: ['000000039769.jpg'],
    texts: ['a photo of a cat', 'a photo of a dog'],
    rgbFirst: true,
    quantity: 'logit',
    expected: [[24.5701, 19.3049]],
    tolerance: 0.02,
    source: 'huggingface/transformers, tests/models/clip/test_modeling_clip.py (COCO val2017; rtol 1e-3 there too)',
  },
  {
    name: "the example of open_clip's README",
    weights: "LAION-2B's ViT-B/32 (laion2b_s34b_b79k)",
    repositories: ['laion/CLIP-ViT-B-32-laion2B-s34B-b79K'],
    architecture: 'ViT-B/32',
    activation: 'gelu',
    pictures: ['CLIP.png'],
    texts: ['a diagram', 'a dog', 'a cat'],
    rgbFirst: false,
    quantity: 'probability',
    expected: [[1, 0, 0]],
    tolerance: 0.01,
    source: 'mlfoundations/open_clip, README.md (printed as whole numbers)',
  },
];

/** Ids without start and end tokens, of OpenAI's vocabulary. */
export const recordedTokens: readonly RecordedTokens[] = [
  { text: 'Hello World!', ids: [3306, 1002, 256], source: 'openai/CLIP, notebooks/Interacting_with_CLIP.ipynb' },
  ...(
    [
      ["You should've done this", [592, 1535, 1200, 1700, 589]],
      ['UNwantéd,running', [569, 18356, 3459, 323, 267, 2761]],
      ["A\n'll !!to?'d''d of, can't.", [320, 1342, 748, 531, 13610, 323, 8445, 323, 539, 267, 753, 713, 269]],
      ['2016', [273, 271, 272, 277]],
    ] as const
  ).map(([text, ids]) => ({ text, ids, source: 'huggingface/transformers.js, tests of CLIPTokenizer' })),
];
