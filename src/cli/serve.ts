import { type Command, Option } from 'commander';
import { checkBind, startServer } from '../server/start-server.ts';
import {
  addLoadingOptions,
  backendOption,
  loadOptions,
  type ModelOptions,
  modelHelp,
  threadsOption,
} from './options.ts';
import { parseWhole } from './parsers.ts';
import { UsageError } from './usage.ts';
import { version } from './version.ts';

type ServeCommand = Omit<ModelOptions, 'model' | 'json'> & {
  store: string;
  host: string;
  port: number;
  token?: string;
  model?: string;
};

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .summary('search an index in the browser and over HTTP')
    .description(
      'Serve an index: a page for people, an API for programs. Ctrl-C ends it when running requests are done.',
    )
    .requiredOption('-s, --store <directory>', 'the index, as clip-tfjs index makes it')
    .option('--host <address>', 'where to listen; any but this machine alone needs --token', '127.0.0.1')
    .option('-p, --port <number>', '0: one that is free', parsePort, 8080)
    .addOption(
      new Option(
        '--token <text>',
        'what clients have to know; other users of this machine see it, unless it comes from',
      ).env('CLIP_TFJS_TOKEN'),
    )
    .option('-m, --model <path>', `${modelHelp}; by default the one that the index names`);
  addLoadingOptions(command)
    .addOption(backendOption())
    .addOption(threadsOption())
    .addHelpText('after', '\nExample:\n  $ clip-tfjs serve --store photos.index --port 8080')
    .action(run);
}

const parsePort = (text: string): number => parseWhole(0, 'expected a port, 0 to 65535')(text);

async function run(options: ServeCommand): Promise<void> {
  const { store, host, port, token, model, backend, threads } = options;
  if (port > 65535) throw new UsageError(`Cannot serve: expected a port, 0 to 65535, but got ${port}`);
  try {
    checkBind(host, token);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}${token === undefined ? ': --token' : ''}`);
  }
  const server = await startServer({
    store,
    host,
    port,
    ...(token !== undefined && { token }),
    model: {
      ...(model !== undefined && { source: model }),
      load: loadOptions(options),
      ...(backend && { backend }),
      ...(threads !== undefined && { engine: { threads } }),
    },
    version,
    onFault: (error) => console.error(process.env.DEBUG ? error : `fault: ${error.message}`),
  });
  const secret = token === undefined ? '' : '/?token=... (once, with the token)';
  const stopped = signalled(); // before anybody reads that it serves
  console.error(`serving ${store} at ${server.url}${secret}; Ctrl-C ends it`);
  await stopped;
  console.error('stopping: running requests are ended');
  await server.close();
  for (const signal of signals) process.removeAllListeners(signal);
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Resolves at the first signal; a second one ends the process at once. */
async function signalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
  for (const signal of signals) {
    process.removeAllListeners(signal);
    process.once(signal, () => process.exit(1));
  }
}
