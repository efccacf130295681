/** An installation in a process of its own, to be killed: `node native-install-child.js <stand-ins> <native> <pins as JSON>`. */
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { installNative } from '../../src/node/native/install.ts';

const [standIns = '', directory = '', pins = ''] = process.argv.slice(2);
await installNative({
  directory,
  source: { kind: 'pip', cuda: false },
  force: false,
  report: { step: () => {}, bytes: () => {} },
  machine: { platform: 'linux', arch: 'x64', glibc: '2.36' },
  pins: JSON.parse(pins),
  buildKernels: () => Promise.resolve(undefined),
  tryOut: async () => {
    await appendFile(join(standIns, 'calls'), 'trial begins\n');
    while (existsSync(join(standIns, 'hold', 'trial'))) await setTimeout(50);
    return { version: '2.21.0', gpu: false };
  },
});
