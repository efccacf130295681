import assert from 'node:assert/strict';
import { type ClassPrompts, promptCount, promptsOf, toClasses } from '../../src/classify/class-prompts.ts';
import { readClasses } from '../../src/classify/read-classes.ts';

describe('classes with prompts', () => {
  const cat = { name: 'cat', synonyms: ['kitten'], descriptions: ['a small animal with whiskers'] };

  it('put every name into every template, and take descriptions as they are', () => {
    const templates = ['a {}', '{} and {}'];
    const [full, plain] = toClasses([cat, 'dog'], templates);
    assert.ok(full && plain);
    const prompts = ['a cat', 'a kitten', 'cat and cat', 'kitten and kitten', 'a small animal with whiskers'];
    assert.deepEqual(promptsOf(full, templates), prompts);
    assert.equal(promptCount(full, templates), prompts.length);
    assert.deepEqual(promptsOf(plain, templates), ['a dog', 'dog and dog']);
  });

  const refused: [what: string, classes: (string | ClassPrompts)[], templates: string[], message: RegExp][] = [
    ['no class', [], ['{}'], /at least one class name/],
    ['no template', ['a'], [], /at least one template/],
    ['a name twice', ['a', 'b', 'a'], ['{}'], /class 'a' is named twice/],
    [
      'a synonym of two',
      [cat, { name: 'dog', synonyms: ['kitten'] }],
      ['{}'],
      /'kitten' .* of class 'cat' .* of 'dog'/,
    ],
    ['a synonym that is a name', [cat, 'kitten'], ['{}'], /'kitten' is a name of class 'cat' and again of 'kitten'/],
    ['a synonym twice', [{ name: 'a', synonyms: ['b', 'b'] }], ['{}'], /'b' is a name of class 'a' and again of 'a'/],
    ['an empty synonym', [{ name: 'a', synonyms: [' '] }], ['{}'], /a text of class 'a' is empty/],
    ['a template without a place', ['a'], ['a photo'], /Cannot fill template 'a photo'/],
    [
      'a description with one',
      [{ name: 'a', descriptions: ['a {}'] }],
      ['{}'],
      /whole sentence .* of class 'a' but got 'a {}'/,
    ],
  ];
  for (const [what, classes, templates, message] of refused)
    it(`refuse ${what}`, () => assert.throws(() => toClasses(classes, templates), message));

  it('are read from JSON', () => {
    assert.deepEqual(readClasses(JSON.stringify(['dog', cat, { name: '7' }]), 'x'), [
      { name: 'dog' },
      cat,
      { name: '7', synonyms: [], descriptions: [] },
    ]);
  });

  const unreadable: [text: string, message: RegExp][] = [
    ['cat', /^SyntaxError: Cannot read x: expected JSON but got /],
    ['{"cat": {}}', /expected an array of classes but got {"cat":{}}/],
    ['["a", 7]', /expected class 2 as a name or an object but got 7/],
    ['[{"name": 7}]', /expected class 1 with a text as name/],
    ['[{"name": "a", "synonyms": "b"}]', /as arrays of texts but got "b"/],
    ['[{"name": "a", "descriptions": [7]}]', /as arrays of texts but got \[7\]/],
    ['[{"name": "a", "synonym": ["b"]}]', /with name, synonyms and descriptions but got 'synonym'/],
  ];
  for (const [text, message] of unreadable)
    it(`are not read from ${text}`, () => assert.throws(() => readClasses(text, 'x'), message));
});
