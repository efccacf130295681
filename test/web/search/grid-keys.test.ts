import assert from 'node:assert/strict';
import { neighbour } from '../../../web/search/grid-keys.ts';

/** Two rows of other widths and a third with one tile. */
const boxes = [
  { left: 0, right: 100, top: 0 },
  { left: 100, right: 200, top: 0 },
  { left: 200, right: 300, top: 0 },
  { left: 0, right: 160, top: 50 },
  { left: 160, right: 300, top: 50.4 },
  { left: 0, right: 80, top: 100 },
];

describe('arrow keys in the grid', () => {
  const lead = (at: number, key: string) => neighbour(boxes, at, `Arrow${key}`);

  it('move on in order, and stop at the ends', () => {
    assert.deepEqual([lead(2, 'Right'), lead(3, 'Left'), lead(5, 'Right'), lead(0, 'Left')], [3, 2, 5, 0]);
    assert.deepEqual([neighbour(boxes, 3, 'Home'), neighbour(boxes, 3, 'End')], [0, 5]);
  });

  it('move to the tile in the next row whose middle is nearest', () => {
    assert.deepEqual([lead(0, 'Down'), lead(1, 'Down'), lead(2, 'Down')], [3, 3, 4]);
    assert.deepEqual([lead(4, 'Up'), lead(3, 'Up'), lead(4, 'Down'), lead(5, 'Up')], [2, 0, 5, 3]);
  });

  it('leave the grid upwards, not downwards', () => {
    assert.deepEqual([lead(1, 'Up'), lead(5, 'Down')], [-1, 5]);
  });
});
