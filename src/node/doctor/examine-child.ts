/** Examines the backend named on the command line and sends the result to the parent process. */
import type { Backend } from '../../backend.ts';
import { closeWebgpu } from '../../webgpu.ts';
import { nodeBackends } from '../backend.ts';
import { examine } from './examine.ts';

const backend = nodeBackends.find(({ name }) => name === process.argv[2]) as Backend;
const examination = await examine(backend);
closeWebgpu();
process.send?.(examination, () => process.exit());
