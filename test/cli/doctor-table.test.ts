import assert from 'node:assert/strict';
import { describeBackends, type Machine, takenBackend } from '../../src/cli/doctor-table.ts';
import type { Examination } from '../../src/node/doctor/examine.ts';

const machine: Machine = {
  version: '1.2.3',
  node: '20.19.0',
  system: 'linux x64',
  processor: 'AMD EPYC',
  processors: 2,
  memoryGb: 8,
};
const good = (backend: Examination['backend'], blockMsPerPicture: number): Examination => ({
  backend,
  state: 'good',
  device: { version: '4.22.0', name: 'AMD EPYC', threads: 1 },
  checks: [{ name: 'layer norm', compared: 96, error: 4e-7 }],
  avoided: [{ name: 'the gradient of gather', compared: 0, fault: 'no kernel' }],
  speed: { matmulGflops: 1234.5, blockMsPerPicture },
});
const missing: Examination = { backend: 'webgpu', state: 'missing', reason: 'there is no WebGPU; install it' };
const software: Examination = { ...good('webgpu', 900), reason: 'the only adapter is a program' };
const wrong: Examination = {
  ...good('webgpu', 9),
  state: 'wrong',
  checks: [{ name: 'GELU', compared: 80, error: 0.25 }],
};
const crashed: Examination = { backend: 'webgpu', state: 'crashed', reason: 'its process ended with SIGSEGV' };

function describe100(examinations: Examination[]): string {
  return describeBackends(machine, examinations, takenBackend(examinations), 100);
}

describe('the table of doctor', () => {
  it('has a row for each backend, and marks the one that will be used', () => {
    const text = describe100([missing, good('wasm', 12.345), good('cpu', 1000)]);
    assert.match(text, /^clip-tfjs 1.2.3, Node 20.19.0, linux x64, 2 x AMD EPYC, 8 GB\n/);
    assert.match(text, /\n {3}backend +state +version +threads +largest error +GFLOP\/s +ms\/block\n/);
    assert.match(text, /\n {3}webgpu +missing( +–){5}\n/);
    assert.match(text, /\n\* {2}wasm +good +4\.22\.0 +1 +4\.0e-7 +1235 +12\.3\n/);
    assert.match(text, /\nwebgpu {6}there is no WebGPU; install it\n/);
    assert.match(text, /\n {12}faults that clip-tfjs works around: the gradient of gather \(no kernel\)\n/);
    assert.match(text, /\nWill be used: wasm. For a faster one, do what is said of webgpu above.$/);
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
  });

  const verdicts: [what: string, examinations: Examination[], taken: string, last: string][] = [
    ['the best', [good('webgpu', 1), good('wasm', 9)], 'webgpu', 'Will be used: webgpu, the best that there is.'],
    [
      'one that is slower than another',
      [good('webgpu', 20), good('wasm', 9)],
      'webgpu',
      'Will be used: webgpu. Faster here: --backend wasm.',
    ],
    [
      'the next one where the best has to be named',
      [software, good('wasm', 9)],
      'wasm',
      'Will be used: wasm. For a faster one, do what is said of webgpu above.',
    ],
    [
      'one that is wrong',
      [wrong, good('wasm', 9)],
      'webgpu',
      'Without --backend, webgpu would be used, and it gives wrong numbers here: name wasm.',
    ],
    [
      'one that crashes',
      [crashed, good('wasm', 9)],
      'webgpu',
      'Without --backend, webgpu would be used, and it does not survive it here: name wasm.',
    ],
  ];
  for (const [what, examinations, taken, last] of verdicts) {
    it(`says that what will be used is ${what}`, () => {
      assert.equal(takenBackend(examinations)?.backend, taken);
      assert.equal(describe100(examinations).split('\n').at(-1), last);
    });
  }

  it('says what is wrong', () => {
    const text = describe100([
      wrong,
      { ...good('wasm', 9), state: 'wrong', checks: [{ name: 'GELU', compared: 0, fault: 'no kernel' }] },
    ]);
    assert.match(text, /\n\* {2}webgpu +WRONG +4\.22\.0 +1 +2\.5e-1 /);
    assert.match(text, /\n {12}WRONG: GELU \(off by 0\.25\)\n/);
    assert.match(text, /\n {3}wasm +WRONG +4\.22\.0 +1 +throws /);
    assert.match(text, /\n {12}WRONG: GELU \(no kernel\)\n/);
  });

  it('explains no figures where there are none', () => {
    assert.match(describe100([good('wasm', 9)]), /Largest error: of 96 values/);
    assert.doesNotMatch(describeBackends(machine, [missing], undefined, 100), /Largest error: of|\n\n$/);
  });

  it('says NaN where numbers are none', () => {
    const text = describe100([
      { ...good('cpu', 9), state: 'wrong', checks: [{ name: 'GELU', compared: 80, error: Number.NaN }] },
    ]);
    assert.match(text, /cpu +WRONG +4\.22\.0 +1 +NaN /);
    assert.match(text, /WRONG: GELU \(off by NaN\)/);
  });
});
