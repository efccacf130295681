import * as tf from '@tensorflow/tfjs';
import { type Case, given, normal, untraced } from '../case.ts';
import { at, type Plain, plain, sizeOf, transposed } from '../plain.ts';

/** Rows of a matrix or stack, by number. */
export function plainGather(x: Plain, indices: Plain): Plain {
  const rest = x.shape.slice(1);
  return plain([...indices.shape, ...rest], (...index) => {
    const row = at(indices, ...index.slice(0, indices.shape.length));
    return at(x, row, ...index.slice(indices.shape.length));
  });
}

/** The rows of dy added up by the row that they were taken from. */
function scatterRows(dy: Plain, x: Plain, indices: Plain): Plain {
  const size = sizeOf(x.shape.slice(1));
  const values = new Float64Array(x.values.length);
  for (const [from, to] of indices.values.entries()) {
    for (let i = 0; i < size; i++) (values[to * size + i] as number) += dy.values[from * size + i] as number;
  }
  return { ...x, values };
}

const manyIds = Array.from({ length: 154 }, (_, i) => (i * i * 7) % 500);

export const gatherCases: Case[] = [
  {
    name: 'gather of rows',
    use: 'the token embedding',
    inputs: [normal([6, 4]), given([3], [5, 0, 2], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids),
    expected: plainGather,
  },
  {
    name: 'gather of rows taken more than once',
    use: 'the token embedding of a text that repeats a word: gradients add up',
    inputs: [normal([6, 4]), given([7], [1, 1, 3, 1, 0, 3, 1], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids),
    expected: plainGather,
  },
  {
    name: 'gather of 154 rows out of 500',
    use: 'the token embedding of two texts',
    inputs: [normal([500, 32]), given([154], manyIds, 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids),
    expected: plainGather,
    gradients: (dy, x, ids) => [scatterRows(dy, x, ids)],
  },
  {
    name: 'gather by a matrix of ids',
    use: 'the token embedding without flattening',
    inputs: [normal([6, 3]), given([2, 3], [0, 5, 5, 1, 2, 0], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor2D) => tf.gather(x, ids),
    expected: plainGather,
  },
  {
    name: 'gather of numbers',
    use: 'picking losses',
    inputs: [normal([6]), given([4], [5, 0, 2, 5], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids),
    expected: plainGather,
  },
  {
    name: 'gather along axis 1',
    use: 'choosing heads and channels',
    inputs: [normal([3, 5]), given([4], [4, 1, 1, 0], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids, 1),
    expected: (x, ids) => transposed(plainGather(transposed(x, [1, 0]), ids), [1, 0]),
  },
  {
    name: 'gather along the middle axis',
    use: 'choosing positions of a sequence',
    inputs: [normal([2, 4, 3]), given([3], [3, 0, 3], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids, 1),
    expected: (x, ids) => transposed(plainGather(transposed(x, [1, 0, 2]), ids), [1, 0, 2]),
  },
  {
    name: 'gather of 3-D rows',
    use: 'choosing pictures of a batch',
    inputs: [normal([3, 2, 4]), given([2], [2, 0], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.gather(x, ids),
    expected: plainGather,
  },
  {
    name: 'gather of computed rows',
    use: 'pooling at the end token: row = batch index x seq + argMax',
    inputs: [normal([6, 4]), given([2, 3], [1, 9, 0, 9, 2, 9], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor2D) =>
      tf.gather(x, tf.add(tf.range(0, 6, 3, 'int32'), tf.argMax(ids, 1)) as tf.Tensor1D),
    expected: (x, ids) => plain([2, 4], (text, i) => at(x, text * 3 + ids.values.slice(text * 3).indexOf(9), i)),
  },
  {
    name: 'unsortedSegmentSum, rows of segment -1 left out',
    use: 'the gradient of gather, called by itself',
    inputs: [untraced(normal([5, 3])), given([5], [3, 0, 3, -1, 1], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.unsortedSegmentSum(x, ids, 4),
    expected: (x, ids) =>
      plain([4, 3], (segment, i) =>
        ids.values.reduce((total, id, row) => total + (id === segment ? at(x, row, i) : 0), 0),
      ),
  },
  {
    name: 'unsortedSegmentSum of 3-D rows, some segments empty',
    use: 'the gradient of gather, called by itself',
    inputs: [normal([4, 2, 3]), given([4], [5, 0, 5, 2], 'int32')],
    run: (x: tf.Tensor, ids: tf.Tensor1D) => tf.unsortedSegmentSum(x, ids, 6),
    expected: (x, ids) =>
      plain([6, 2, 3], (segment, i, j) =>
        ids.values.reduce((total, id, row) => total + (id === segment ? at(x, row, i, j) : 0), 0),
      ),
  },
  {
    name: 'oneHot',
    use: 'labels',
    inputs: [given([3], [2, 0, 1], 'int32')],
    run: (ids: tf.Tensor) => tf.oneHot(ids, 4),
    expected: (ids) => plain([3, 4], (row, column) => Number(at(ids, row) === column), 'int32'),
  },
];
