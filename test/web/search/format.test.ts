import assert from 'node:assert/strict';
import { countText, labelsOf, nameOf, percent, similarityText, sizeText } from '../../../web/search/format.ts';

describe('words of the search page', () => {
  it('name a picture by its caption, else by its file', () => {
    assert.equal(nameOf({ path: '2024/05/sea.jpg' }), 'sea.jpg');
    assert.equal(nameOf({ path: 'sea.jpg', caption: 'the sea' }), 'the sea');
  });

  it('write numbers for people', () => {
    assert.deepEqual([similarityText(0.3149), similarityText(-0.05)], ['0.31', '\u22120.05']);
    assert.deepEqual([sizeText(12), sizeText(3_400), sizeText(2_345_678)], ['1 kB', '3 kB', '2.3 MB']);
    assert.equal(percent(0.876), '88%');
    assert.deepEqual(
      [countText(1, 'picture', 'pictures'), countText(1234, 'picture', 'pictures')],
      ['1 picture', '1,234 pictures'],
    );
  });

  it('take labels apart at commas, semicolons and lines, each once', () => {
    assert.deepEqual(labelsOf(' cat, dog;\ncat,, big dog '), ['cat', 'dog', 'big dog']);
    assert.deepEqual(labelsOf(' , '), []);
  });
});
