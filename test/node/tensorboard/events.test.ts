import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c, maskedCrc32c } from '../../../src/node/tensorboard/crc32c.ts';
import { hasEventFiles, openEventFile } from '../../../src/node/tensorboard/event-file.ts';
import { scalarsEvent, startEvent, textEvent, versionEvent } from '../../../src/node/tensorboard/events.ts';
import { logScalars } from '../../../src/node/tensorboard/log-scalars.ts';
import { frameRecord } from '../../../src/node/tensorboard/record.ts';

describe('CRC-32C', () => {
  it('has the check values of RFC 3720, appendix B.4', () => {
    assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e);
    assert.equal(crc32c(new Uint8Array()), 0);
  });

  it('is masked by a turn of 15 bits and a constant', () => {
    assert.equal(maskedCrc32c(new Uint8Array()), 0xa282ead8);
    assert.equal(maskedCrc32c(new Uint8Array(32)), (((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) + 0xa282ead8) >>> 0);
  });
});

describe('events for TensorBoard', () => {
  // as tensorboard 2.21.0 writes them: test/interop/tensorboard_events.py prints these
  const golden: [what: string, event: Uint8Array, record: string][] = [
    [
      'the version',
      versionEvent(1.5),
      '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c',
    ],
    ['a start at step 300', startEvent(1.5, 300), '100000000000000095fbfe1809000000000000f83f10ac023a020801713b788a'],
    [
      'two scalars',
      scalarsEvent(2.25, 300, [
        { tag: 'train/loss', value: 0.1 },
        { tag: 'train/é', value: Number.NaN },
      ]),
      '3200000000000000241956ec09000000000000024010ac022a240a110a0a747261696e2f6c6f737315cdcccc3d0a0f0a08747261696e2fc3a9150000c07f66f7eb17',
    ],
    [
      'a text at step 0',
      textEvent(2.25, 0, 'settings', '| a |'),
      '3b000000000000001a23ac5c0900000000000002402a300a2e0a1573657474696e67732f746578745f73756d6d617279420b0807120042057c2061207c4a080a060a04746578743a6c65b1',
    ],
  ];
  for (const [what, event, record] of golden)
    it(`have the bytes of TensorBoard's own: ${what}`, () => {
      assert.equal(Buffer.from(frameRecord(event)).toString('hex'), record);
    });

  it('take every number of a line, by its path', () => {
    const step = { step: 3, epoch: 1, loss: null, pairs: 8, time: '2026-01-01T00:00:00Z' };
    assert.deepEqual(logScalars(step), [
      { tag: 'train/loss', value: Number.NaN },
      { tag: 'train/pairs', value: 8 },
    ]);
    const validation = { loss: 2, imageToText: { 'recall@1': 0.5 } };
    const epoch = {
      epoch: 1,
      meanLoss: 1.5,
      validation,
      guard: { accuracy: 0.25, names: ['a'] },
      best: true,
      time: '',
    };
    assert.deepEqual(logScalars(epoch), [
      { tag: 'epoch/meanLoss', value: 1.5 },
      { tag: 'validation/loss', value: 2 },
      { tag: 'validation/imageToText/recall@1', value: 0.5 },
      { tag: 'guard/accuracy', value: 0.25 },
    ]);
  });
});

describe('an event file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));

  it('begins with version and start, and comes after all that are there', async () => {
    const directory = join(folder, 'events');
    assert.equal(await hasEventFiles(directory), false);
    const first = await openEventFile(directory, 0);
    await first.close();
    const later = Math.floor(Date.now() / 1000) + 5000;
    writeFileSync(join(directory, `events.out.tfevents.${later}.elsewhere.1`), '');
    const second = await openEventFile(directory, 7);
    await second.add([scalarsEvent(1, 7, [])]);
    const names = readdirSync(directory).sort();
    assert.equal(names.length, 3);
    assert.match(names[2] ?? '', new RegExp(`^events\\.out\\.tfevents\\.${later + 1}\\.`));
    const bytes = readFileSync(join(directory, names[2] as string)); // before it is closed
    assert.match(bytes.toString('latin1'), /brain\.Event:2/);
    assert.equal(bytes.length, 24 + 16 + (9 + 2 + 4) + 16 + (9 + 2 + 2) + 16);
    await second.close();
    assert.equal(await hasEventFiles(directory), true);
  });

  it('says what cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(openEventFile(join(folder, 'file', 'events'), 0), /Cannot write to .*it is a file/);
  });
});
