import assert from 'node:assert/strict';
import {
  type ByteSource,
  bufferSource,
  openShardedSafetensors,
  SafetensorsError,
  type SafetensorsErrorCode,
} from '../../src/weights/safetensors.ts';
import { entry, fileBytes } from './safetensors-cases.ts';

const first = fileBytes(`{"__metadata__":{"format":"pt","part":"1"},${entry('a', 'U8', '[2]', '[0,2]')}}`, 'xy');
const second = fileBytes(
  `{"__metadata__":{"part":"2"},${entry('b', 'F32', '[1]', '[0,4]')}}`,
  new Uint8Array(new Float32Array([3]).buffer),
);
const files: Record<string, Uint8Array> = { '1.safetensors': first, 'sub/2.safetensors': second };
const weightMap = { a: '1.safetensors', b: 'sub/2.safetensors' };

/** Opens the index with shards from memory; `open` counts the sources that are open. */
function opener(shards: Record<string, Uint8Array> = files) {
  const state = { open: 0, asked: [] as string[] };
  const openShard = async (fileName: string): Promise<ByteSource> => {
    state.asked.push(fileName);
    const bytes = shards[fileName];
    if (!bytes) throw new Error('ENOENT: no such file');
    state.open++;
    return { ...bufferSource(bytes), close: async () => void state.open-- };
  };
  return { state, openShard };
}

const indexOf = (map: Record<string, string>, totalSize = 6) =>
  JSON.stringify({ metadata: { total_size: totalSize, total_parameters: 3, note: [1.5] }, weight_map: map });

describe('openShardedSafetensors()', () => {
  it('reads tensors from their shards', async () => {
    const { state, openShard } = opener();
    const file = await openShardedSafetensors(indexOf(weightMap), openShard);
    assert.deepEqual([...file.tensors.keys()], ['a', 'b']);
    assert.deepEqual(await file.read('a'), Uint8Array.of(0x78, 0x79));
    assert.deepEqual(await file.readFloat32('b'), Float32Array.of(3));
    assert.deepEqual(Object.fromEntries(file.metadata), { format: 'pt', part: '1' });
    await assert.rejects(file.readRaw('c'), { code: 'TensorNotFound' });
    assert.deepEqual(state.asked, ['1.safetensors', 'sub/2.safetensors']);
    await file.close();
    assert.equal(state.open, 0);
  });

  it('does without a total size', async () => {
    for (const metadata of ['', '"metadata":{},', '"metadata":null,']) {
      await openShardedSafetensors(`{${metadata}"weight_map":${JSON.stringify(weightMap)}}`, opener().openShard);
    }
  });

  const manyShards = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`t${i}`, `${i}.safetensors`]));
  const failures: [what: string, index: string, SafetensorsErrorCode, RegExp, shards?: Record<string, Uint8Array>][] = [
    [
      'an index that is no JSON',
      '{',
      'InvalidIndex',
      /^Cannot read safetensors index: expected a string but got the end/,
    ],
    ['an index without tensors', '{"weight_map":{}}', 'InvalidIndex', /lists no tensors/],
    ['text behind the index', `${indexOf(weightMap)}x`, 'InvalidIndex', /expected nothing more but got "x"/],
    [
      'a tensor listed twice',
      '{"weight_map":{"a":"1.safetensors","a":"1.safetensors"}}',
      'InvalidIndex',
      /'a' is listed twice/,
    ],
    ['a second weight_map', '{"weight_map":{"a":"1.safetensors"},"weight_map":{}}', 'InvalidIndex', /twice/],
    ['a file name that is no string', '{"weight_map":{"a":1}}', 'InvalidIndex', /expected a string but got "1"/],
    [
      'a parent directory',
      indexOf({ a: '../1.safetensors' }),
      'InvalidShardName',
      /"..\/1.safetensors" is not a plain relative path/,
    ],
    ['a parent directory inside', indexOf({ a: 'x/../1.safetensors' }), 'InvalidShardName', /relative/],
    ['an absolute name', indexOf({ a: '/1.safetensors' }), 'InvalidShardName', /relative/],
    ['a Windows parent directory', indexOf({ a: '..\\1.safetensors' }), 'InvalidShardName', /relative/],
    ['a drive', indexOf({ a: 'C:1.safetensors' }), 'InvalidShardName', /relative/],
    ['a network name', indexOf({ a: '\\\\host\\share\\1.safetensors' }), 'InvalidShardName', /relative/],
    ['a control character', indexOf({ a: '1\0.safetensors' }), 'InvalidShardName', /relative/],
    ['another extension', indexOf({ a: 'model.bin' }), 'InvalidShardName', /does not end in '.safetensors'/],
    ['10,001 shards', indexOf(manyShards), 'TooManyShards', /at most 10000 shards but got 10001/],
    ['a missing shard', indexOf({ ...weightMap, c: '3.safetensors' }), 'MissingShard', /shard '3.safetensors': ENOENT/],
    [
      'a broken shard',
      indexOf(weightMap),
      'MetadataIncompleteBuffer',
      /shard 'sub\/2.safetensors': .*last 1 bytes/,
      { ...files, 'sub/2.safetensors': second.slice(0, -1) },
    ],
    [
      'a tensor in another shard',
      indexOf({ a: '1.safetensors', b: '1.safetensors' }),
      'TensorNotInShard',
      /'b' is not in '1.safetensors'/,
    ],
    [
      'a tensor that is not listed',
      indexOf({ b: 'sub/2.safetensors' }, 4),
      'UnlistedTensor',
      /'sub\/2.safetensors' has tensor 'a'.*nowhere/,
      {
        'sub/2.safetensors': fileBytes(
          `{${entry('a', 'U8', '[2]', '[4,6]')},${entry('b', 'F32', '[1]', '[0,4]')}}`,
          'xyxyxy',
        ),
      },
    ],
    [
      'a tensor in two shards',
      indexOf(weightMap),
      'UnlistedTensor',
      /'sub\/2.safetensors' has tensor 'a'.*in '1.safetensors'/,
      {
        ...files,
        'sub/2.safetensors': fileBytes(
          `{${entry('a', 'U8', '[2]', '[4,6]')},${entry('b', 'F32', '[1]', '[0,4]')}}`,
          'xyxyxy',
        ),
      },
    ],
    ['another total size', indexOf(weightMap, 7), 'TotalSizeMismatch', /expected 7 bytes .* but got 6/],
  ];
  for (const [what, index, code, message, shards] of failures) {
    it(`refuses ${what}, and leaves nothing open`, async () => {
      const { state, openShard } = opener(shards);
      await assert.rejects(openShardedSafetensors(index, openShard), (error) => {
        assert.ok(error instanceof SafetensorsError);
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      });
      assert.equal(state.open, 0);
    });
  }
});
