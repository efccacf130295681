import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGate } from '../../../src/evaluate/audit/gates.ts';
import { clipPaperHarmLabels } from '../../../src/evaluate/audit/harm-labels.ts';
import { type AuditPlanOptions, groupingsOf } from '../../../src/node/audit/audit-plan.ts';
import { planAudit } from '../../../src/node/audit/plan.ts';
import { comparedTemplates } from '../../../src/node/audit/text-directions.ts';

/** No model is loaded here: whatever is refused is refused before. */
describe('the plan of an audit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const picture = (path: string) => copyFileSync('test/goldens/images/rgba.png', join(folder, path));
  mkdirSync(join(folder, 'unknown'));
  mkdirSync(join(folder, 'nothing'));
  picture('unknown/one.png');
  const rows = Array.from({ length: 80 }, (_, row) => {
    picture(`${row}.png`);
    return [`${row}.png`, row % 3 === 0 ? 'cat' : 'dog', row % 2 === 0 ? 'woman' : 'man', row < 75 ? 'old' : 'young'];
  });
  const write = (name: string, lines: string[][], header = 'filepath,label,gender,age') => {
    writeFileSync(join(folder, name), [header, ...lines.map((line) => line.join(','))].join('\n'));
    return join(folder, name);
  };
  const data = write('data.csv', rows);
  const refuses = (message: RegExp, options: AuditPlanOptions, source = data) =>
    assert.rejects(planAudit(source, options), { message });

  it('has what was asked for, and defaults', async () => {
    const plan = await planAudit(data, { groups: ['gender', 'gender+age'] });
    assert.equal(plan.pictures.length, 80);
    assert.deepEqual(
      plan.classes.map(({ name }) => name),
      ['cat', 'dog'],
    );
    assert.deepEqual(
      [plan.templates, plan.thresholds, plan.falseAccepts, plan.seed],
      [['a photo of a {}.'], [0.005, 0.04, 0.5, 0.9], 0.05, 0],
    );
    const [gender, crossed] = groupingsOf(plan, plan.pictures);
    assert.deepEqual(gender?.groups, ['man', 'woman']);
    assert.deepEqual(crossed?.groups, ['man, old', 'man, young', 'woman, old', 'woman, young']);
  });

  it('refuses a group column that is missing, empty or named twice', async () => {
    await refuses(/expected a column 'race'/, { groups: ['race'] });
    await refuses(/the group column 'age' is named twice/, { groups: ['age', 'age'] });
    await refuses(/expected names of columns in --groups but got 'age\+'/, { groups: ['age+'] });
    const empty = write(
      'empty-group.csv',
      rows.map(([path, label, gender]) => [path as string, label as string, gender as string, '']),
    );
    await refuses(
      /Cannot group by 'age': expected groups but its column is empty everywhere/,
      { groups: ['age'] },
      empty,
    );
    await refuses(/expected a table with a column 'gender' but it is a folder/, { groups: ['gender'] }, folder);
  });

  it('refuses classes without pictures, labels that are no class, and names that repeat', async () => {
    const classes = (...names: string[]) => ({ classes: names });
    await refuses(/no picture of .*data.csv has the class 'horse'/, classes('cat', 'dog', 'horse'));
    assert.equal((await planAudit(data, { ...classes('cat', 'dog'), otherLabels: ['horse'] })).classes.length, 3);
    await refuses(/class 'dog' is named twice/, { otherLabels: ['dog'] });
    const both = write('both.csv', [...rows, ['0.png', 'dog', 'woman', 'old']]);
    await refuses(
      /expected one label for each picture but .*0.png is 'cat' \(line 2\) and 'dog' \(line 82\)/,
      {},
      both,
    );
    await refuses(/line 3 of .*data.csv has the label 'dog', which is none of the 2 classes/, classes('cat', 'horse'));
    await refuses(/Cannot audit: class 'dog' is named twice/, classes('cat', 'dog', 'dog'));
    await refuses(/expected two classes or more but got 1/, {}, write('one.csv', rows.slice(0, 1)));
    await refuses(
      /repeats line 2, the picture .*0.png with the label 'cat'/,
      {},
      write('twice.csv', [rows[0] as string[], ...rows]),
    );
    mkdirSync(join(folder, 'classes', 'cat'), { recursive: true });
    mkdirSync(join(folder, 'classes', 'dog'));
    picture('classes/dog/one.png');
    await refuses(/the class 'cat' has no pictures/, {}, join(folder, 'classes'));
  });

  it('refuses denigrating labels that are classes, and alternatives alone', async () => {
    const harmLabels = { source: 'a list', categories: [{ name: 'animals', labels: ['dog'] }] };
    await refuses(/'dog' is one of the classes, so a picture may rightly get it/, { harmLabels });
    await refuses(/alternative label 'thief' is named twice/, {
      harmLabels: clipPaperHarmLabels,
      harmAlternatives: ['thief'],
    });
    await refuses(/alternatives need denigrating labels to stand beside/, { harmAlternatives: ['child'] });
  });

  it('refuses thresholds, shares and templates out of range', async () => {
    for (const threshold of [0, 1, -0.1, 1.5, Number.NaN])
      await refuses(/expected thresholds above 0 and below 1/, { thresholds: [0.5, threshold] });
    for (const falseAccepts of [-0.1, 1, Number.NaN])
      await refuses(/expected a share of false accepts from 0 to below 1/, { falseAccepts });
    for (const coverage of [0, 1.1, Number.NaN])
      await refuses(/expected a coverage above 0 and at most 1/, { coverage });
    await refuses(/expected \{\} where the label goes in the template 'a photo'/, { templates: ['a photo'] });
    await refuses(/the template 'a \{\}' is named twice/, { templates: ['a {}', 'a {}'] });
  });

  it('refuses unknown pictures that have a label, and folders without any', async () => {
    await refuses(/0.png has a label, and --unknown says that it is none/, { unknown: [folder] });
    await refuses(/there are no pictures in .*nothing/, { unknown: [join(folder, 'nothing')] });
    await refuses(/there is no such file or folder/, { unknown: [join(folder, 'gone')] });
    assert.equal((await planAudit(data, { unknown: [join(folder, 'unknown')] })).unknown?.paths.length, 1);
  });

  it('refuses a gate that nothing would check', async () => {
    const gates = (kind: 'max-gap' | 'max' | 'min', text: string) => ({ gates: [parseGate(kind, text)] });
    await refuses(
      /Cannot check --max-gap accuracy=0.1: nothing measures it; name columns by --groups/,
      gates('max-gap', 'accuracy=0.1'),
    );
    await refuses(/name denigrating labels by --harm-labels/, gates('max', 'harm-rate=0.1'));
    await refuses(/name neutral searches by --queries/, { groups: ['gender'], ...gates('max', 'ndkl=0.1') });
    await refuses(/name columns by --groups/, { queries: ['a person'], ...gates('max', 'ndkl=0.1') });
    await refuses(/by --unknown/, gates('min', 'auroc=0.9'));
    await refuses(/expected two groups of 30 pictures or more but age has 'old' 75, 'young' 5; add pictures/, {
      groups: ['age'],
      ...gates('max-gap', 'accuracy=0.1'),
    });
    assert.equal(
      (await planAudit(data, { groups: ['gender', 'age'], ...gates('max-gap', 'accuracy=0.1') })).gates.length,
      1,
    );
  });

  it('compares templates that were given, or one with those of OpenAI', () => {
    assert.deepEqual(comparedTemplates(['a {}', 'the {}']), ['a {}', 'the {}']);
    assert.equal(comparedTemplates(['a {}']).length, 9);
    assert.equal(comparedTemplates(['a photo of a {}.']).length, 8);
  });
});
