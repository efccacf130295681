import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { type Activation, openaiPreprocess, type PreprocessConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { preparePixels } from '../image/preprocess.ts';
import { writeFileAtomically } from '../node/files.ts';
import { findPublished } from '../node/hub/catalogue.ts';
import { encodePng } from '../node/images/encode-png.ts';
import { readImage } from '../node/images/read-image.ts';
import { findModel } from '../node/load.ts';
import { assertFileWritable } from '../node/writable.ts';
import { parameterCount } from '../parameters.ts';
import { type OpenModel, openModel } from '../weights/open-model.ts';
import { describePreprocess } from './describe-preprocess.ts';
import { activationOption, jsonOption } from './options.ts';
import { printJson, table } from './output.ts';

type InspectCommand = {
  activation?: Activation;
  architecture?: string;
  model?: string;
  out?: string;
  json?: boolean;
  exifRotate?: boolean;
};

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .summary('show what a model or a picture is')
    .description(
      'Of a model, from its header alone: layout, dtype, sizes, activation and where it came from. Of a picture: its mode, and what the model sees of it.',
    )
    .argument('<path>', 'a model (directory, .safetensors file, published name) or a picture')
    .addOption(activationOption())
    .option('--architecture <name>', "a published name that tells a bare file's head counts")
    .option(
      '-m, --model <path>',
      "of a picture: the model whose preprocessing is used; OpenAI's for 224 pixels by default",
    )
    .option('--out <path>', 'of a picture: write what the model sees as a PNG')
    .option('--exif-rotate', 'of a picture: turn it as its EXIF orientation says')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs inspect clip-vit-base-patch32\n  $ clip-tfjs inspect photo.jpg --out seen.png',
    )
    .action((path: string, options: InspectCommand) =>
      isModel(path) ? inspectModel(path, options) : inspectFound(path, options),
    );
}

const isModel = (path: string) => ['.safetensors', ''].includes(extname(path));

async function inspectFound(path: string, options: InspectCommand): Promise<void> {
  const isModel = await stat(path).then(
    (status) => status.isDirectory(),
    () => findPublished(path) !== undefined,
  );
  return isModel ? inspectModel(path, options) : inspectPicture(path, options);
}

async function inspectModel(path: string, options: InspectCommand): Promise<void> {
  const { model, activationSource } = await openTold(path, options);
  await model.tensors.close();
  const { layout, config, configSource, tensors } = model;
  const dtypes = [...new Set([...tensors.tensors.values()].map(({ dtype }) => dtype))];
  const parameters = parameterCount(config);
  if (options.json) {
    printJson({
      path,
      layout,
      dtypes,
      tensors: tensors.tensors.size,
      parameters,
      config,
      configSource,
      activationSource,
    });
    return;
  }
  const { vision, text, preprocess, embedDim } = config;
  const blocks = (tower: { layers: unknown; width: number; heads: number }) =>
    `${String(tower.layers)} layers of width ${tower.width}, ${tower.heads} ${tower.heads === 1 ? 'head' : 'heads'}`;
  const activation = (vision?.kind === 'vit' ? vision.activation : text?.activation) ?? '';
  console.log(
    table([
      ['layout', layout],
      ['config from', configSource],
      ['numbers', dtypes.join(', ')],
      ['tensors', String(tensors.tensors.size)],
      ['parameters', parameters.toLocaleString('en')],
      [
        'activation',
        activationSource === undefined
          ? 'not told by the file: pass --activation'
          : `${activation} (${activationSource})`,
      ],
      ['embedDim', String(embedDim)],
      ...(vision
        ? [
            [
              'image tower',
              vision.kind === 'vit'
                ? `ViT, patches of ${vision.patchSize} pixels, ${blocks(vision)}`
                : `ModifiedResNet, ${blocks(vision)}`,
            ],
          ]
        : []),
      ...(text ? [['text tower', `${blocks(text)}, ${text.contextLength} positions, ${text.vocabSize} tokens`]] : []),
      ['preprocessing', describePreprocess(preprocess)],
    ]),
  );
}

/** A bare file without an activation can be shown all the same: its shapes do not depend on it. */
async function openTold(
  path: string,
  { activation, architecture }: InspectCommand,
): Promise<{ model: OpenModel; activationSource: string | undefined }> {
  const { files, told } = await findModel(path);
  const asked = { ...told, ...(activation && { activation }), ...(architecture && { architecture }) };
  try {
    const model = await openModel(files, asked);
    return {
      model,
      activationSource: model.configSource.startsWith('shapes')
        ? activation
          ? '--activation'
          : 'its name'
        : model.configSource,
    };
  } catch (error) {
    const isUntold = error instanceof ModelError && error.message.includes('does not tell its activation');
    if (!isUntold) throw error;
    return { model: await openModel(files, { ...asked, activation: 'quick_gelu' }), activationSource: undefined };
  }
}

async function inspectPicture(path: string, { model, out, json, exifRotate = false }: InspectCommand): Promise<void> {
  if (out !== undefined) await assertFileWritable(out);
  const image = await readImage(path, { exifRotate });
  const preprocess = model === undefined ? openaiPreprocess(224) : await preprocessOf(model);
  const bytes = (await readFile(path)).length;
  if (out !== undefined) await writeFileAtomically(out, [encodePng(preparePixels(image, preprocess))]);
  const { width, height, mode } = image;
  if (json) {
    printJson({ path, bytes, width, height, mode, preprocess, out: out ?? null });
    return;
  }
  console.log(
    table([
      ['size', `${width} x ${height} pixels, ${bytes} bytes`],
      ['mode', mode],
      ['what is done', describePreprocess(preprocess)],
      ...(mode === 'P' || mode === '1'
        ? [['note', 'palette and bilevel pictures are resized to the nearest pixel in the order of OpenAI']]
        : []),
      ...(mode === 'I;16' ? [['note', 'as in Pillow, 16-bit grey above 255 becomes white']] : []),
      ...(mode === 'LA' || mode === 'RGBA'
        ? [['note', preprocess.background ? 'put on the background colour' : 'alpha is dropped, as Pillow does']]
        : []),
      ...(out === undefined ? [] : [['seen', out]]),
    ]),
  );
}

async function preprocessOf(path: string): Promise<PreprocessConfig> {
  const { model } = await openTold(path, {});
  await model.tensors.close();
  return model.config.preprocess;
}
