import assert from 'node:assert/strict';
import { type DataSetName, dataSetTemplates } from '../../src/classify/data-set-templates.ts';
import { findTemplateSet, templateSets } from '../../src/classify/template-sets.ts';

/** How many templates OpenAI's list has for each data set. */
const counts: Record<DataSetName, number> = {
  ...{ birdsnap: 1, caltech101: 34, cifar10: 18, cifar100: 18, 'clevr-counts': 1, country211: 5, dtd: 8, eurosat: 3 },
  ...{ fer2013: 6, 'fgvc-aircraft': 2, flowers102: 1, food101: 1, gtsrb: 3, 'hateful-memes': 1, kinetics700: 28 },
  ...{ kitti: 1, mnist: 1, 'oxford-pets': 1, 'patch-camelyon': 1, resisc45: 18, sst2: 1, 'stanford-cars': 8 },
  ...{ stl10: 2, sun397: 2, ucf101: 48, voc2007: 1 },
};

describe('template sets', () => {
  it('are 26 of data sets, ImageNet’s 80 and 7, the default and that of emoji-clip', () => {
    assert.deepEqual(
      Object.fromEntries(Object.entries(dataSetTemplates).map(([name, { length }]) => [name, length])),
      counts,
    );
    assert.equal(Object.keys(templateSets).length, 30);
    assert.equal(templateSets['openai-80'].templates.length, 80);
    assert.equal(templateSets.drawings.templates.length, 7);
  });

  it('have a source, a place for the name, and no template twice', () => {
    for (const [name, { templates, source }] of Object.entries(templateSets)) {
      assert.match(source, /CLIP|clip-tfjs/, name);
      assert.equal(new Set(templates).size, templates.length, name);
      for (const template of templates) assert.equal(template.split('{}').length, 2, template);
    }
  });

  it('are whole products where OpenAI crossed words', () => {
    const acts = ['', 'using ', 'doing ', 'during ', 'performing ', 'practicing '];
    const kinds = ['photo', 'video', 'example', 'demonstration'];
    assert.deepEqual(
      templateSets.ucf101.templates,
      acts.flatMap((act) =>
        ['a', 'the'].flatMap((article) => kinds.map((kind) => `a ${kind} of ${article} person ${act}{}.`)),
      ),
    );
    assert.deepEqual(
      templateSets.kinetics700.templates,
      kinds.flatMap((kind) => [`a ${kind} of {}.`, ...acts.map((act) => `a ${kind} of a person ${act}{}.`)]),
    );
    assert.deepEqual(
      templateSets.resisc45.templates,
      ['', 'a ', 'the '].flatMap((article) =>
        ['imagery', 'photo', 'view'].flatMap((kind) =>
          ['satellite', 'aerial'].map((from) => `${from} ${kind} of ${article}{}.`),
        ),
      ),
    );
    const views = ['', 'blurry ', 'black and white ', 'low contrast ', 'high contrast ', 'bad ', 'good '];
    assert.deepEqual(
      templateSets.cifar100.templates,
      ['a', 'the'].flatMap((article) => [
        ...views.map((view) => (view === '' ? `a photo of ${article} {}.` : `a ${view}photo of ${article} {}.`)),
        `a photo of ${article} small {}.`,
        `a photo of ${article} big {}.`,
      ]),
    );
    assert.deepEqual(templateSets.cifar10.templates, templateSets.cifar100.templates);
  });

  it('have the seven among the eighty, and are found by name alone', () => {
    for (const template of templateSets['openai-7'].templates)
      assert.ok(templateSets['openai-80'].templates.includes(template), template);
    assert.equal(findTemplateSet('food101').templates[0], 'a photo of {}, a type of food.');
    assert.throws(() => findTemplateSet('toString'), /^RangeError: Cannot find template set 'toString': .*openai-80/);
  });
});
