import { pullModel } from '../../../src/node/hub/pull.ts';

/** Pulls what its argument names, by the environment that it was given, and prints what came. */
const { received, directory } = await pullModel(process.argv[2] as string);
console.log(JSON.stringify({ received, directory }));
