import assert from 'node:assert/strict';
import { rank } from '../../src/classify/classify.ts';
import { classifierOf, type PromptEnsemble } from '../../src/classify/prompt-ensemble.ts';
import { selectTemplates } from '../../src/classify/select-templates.ts';
import { normalNumbers } from '../../src/random.ts';
import { at, planeEnsemble } from './ensembles.ts';

describe('selectTemplates', () => {
  it('takes what helps most, then what helps that, and stops', () => {
    // Pictures of class 0 at 0° and 42°, of class 1 at 90°. The border between the classes lies half-way between their directions.
    const pictures = [at(0), at(42), at(90)];
    const labels = [0, 0, 1];
    const ensemble = planeEnsemble([
      [0, 180], // border at 90°: that picture is undecided, 2 of 3
      [0, 60], // border at 30°: 2 of 3
      [0, 100], // border at 50°: 3 of 3
      [180, 0], // the wrong way round: none
    ]);
    const { templates, accuracies, alone, all } = selectTemplates(ensemble, pictures, labels);
    assert.deepEqual(templates, ['template 2 {}']);
    assert.deepEqual(accuracies, [1]);
    assert.deepEqual(
      alone.map((accuracy) => Math.round(3 * accuracy)),
      [2, 2, 3, 0],
    );
    assert.equal(all, accuracyOf(ensemble, [0, 1, 2, 3], pictures, labels));
  });

  it('takes the larger lead among equals', () => {
    const ensemble = planeEnsemble([
      [0, 45],
      [0, 90],
    ]);
    assert.deepEqual(selectTemplates(ensemble, [at(0)], [0]).templates, ['template 1 {}']);
  });

  it('never gets less accurate, says the accuracy that the ensemble has, and finds the best first template', () => {
    const normal = normalNumbers(11);
    const vector = (size: number, scale = 1) => Float32Array.from({ length: size }, () => scale * normal());
    const unit = (values: Float32Array) => values.map((value) => value / Math.hypot(...values));
    const truth = [0, 1, 2, 3].map(() => vector(8));
    const noisy = (index: number, noise: number) => {
      const off = vector(8, noise);
      return unit((truth[index] as Float32Array).map((value, i) => value + (off[i] as number)));
    };
    const labels = Array.from({ length: 60 }, (_, index) => index % 4);
    const pictures = labels.map((label) => noisy(label, 1.2));
    const ensemble: PromptEnsemble = {
      classNames: ['a', 'b', 'c', 'd'],
      templates: ['0 {}', '1 {}', '2 {}', '3 {}', '4 {}', '5 {}'],
      sums: Array.from({ length: 6 }, () => truth.map((_, index) => noisy(index, 1.5))),
      descriptions: truth.map((_, index) => noisy(index, 2)),
    };
    const { templates, accuracies, alone, all } = selectTemplates(ensemble, pictures, labels);
    const chosen = templates.map((template) => ensemble.templates.indexOf(template));
    assert.ok(chosen.length > 1, 'one template is no search');
    assert.equal(accuracies[0], Math.max(...alone));
    for (const [step, accuracy] of accuracies.entries()) {
      if (step > 0) assert.ok(accuracy > (accuracies[step - 1] as number));
      assert.equal(accuracy, accuracyOf(ensemble, chosen.slice(0, step + 1), pictures, labels));
    }
    const others = [0, 1, 2, 3, 4, 5].filter((template) => !chosen.includes(template));
    for (const other of others)
      assert.ok(accuracyOf(ensemble, [...chosen, other], pictures, labels) <= (accuracies.at(-1) as number));
    assert.equal(all, accuracyOf(ensemble, [0, 1, 2, 3, 4, 5], pictures, labels));
  });

  it('refuses what does not fit together', () => {
    const ensemble = planeEnsemble([[0, 90]]);
    assert.throws(() => selectTemplates(ensemble, [], []), /at least one labelled picture/);
    assert.throws(() => selectTemplates(planeEnsemble([[0]]), [at(0)], [0]), /at least two classes but got 1/);
    assert.throws(() => selectTemplates(ensemble, [at(0)], []), /a label for each of 1 pictures but got 0/);
    assert.throws(() => selectTemplates(ensemble, [at(0)], [2]), /labels from 0 to 1 but got 2/);
  });
});

/** By the classifier itself. */
function accuracyOf(ensemble: PromptEnsemble, chosen: number[], pictures: Float32Array[], labels: number[]): number {
  const classifier = classifierOf(ensemble, chosen);
  const right = pictures.filter((row, index) => {
    const [best, second] = rank(row, classifier, 1, -1).ranked;
    const isAlone = (best?.similarity ?? 0) - (second?.similarity ?? 0) > 1e-7;
    return isAlone && best?.label === ensemble.classNames[labels[index] as number];
  });
  return right.length / pictures.length;
}
