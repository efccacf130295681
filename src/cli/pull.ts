import type { Command } from 'commander';
import { byteSize } from '../node/hub/byte-size.ts';
import { catalogue, openaiSpelling } from '../node/hub/catalogue.ts';
import { hubCache } from '../node/hub/hub.ts';
import { locatePublished } from '../node/hub/locate.ts';
import { jsonOption } from './options.ts';
import { printJson, table } from './output.ts';
import { makeReport } from './step-report.ts';

type PullCommand = { revision?: string; offline?: boolean; verify?: boolean; list?: boolean; json?: boolean };

export function addPull(program: Command): void {
  const command = program
    .command('pull')
    .summary('download a published model, checked and pinned')
    .description(
      "Bring a published model from Hugging Face's hub into the cache that Python shares, whole and with the hub's hashes. From then on every command takes its name. A transfer that was stopped goes on when the command is run again. The cache is where HF_HUB_CACHE or HF_HOME say; HF_TOKEN is for repositories that ask for it.",
    )
    .argument('[name]', "e.g. ViT-B/32 (OpenAI's), ViT-B-32/laion2b_s34b_b79k (open_clip's), hf-hub:org/name")
    .option('--revision <name>', 'a branch, a tag or a commit in place of main')
    .option('--offline', 'ask no server: check and pin what is in the cache')
    .option('--verify', 'hash all files anew, though they were checked when they were pulled')
    .option('--list', 'show the names that there are and which of them are in the cache')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs pull ViT-B/32\n  $ clip-tfjs classify photo.jpg --model ViT-B/32 --labels "cat,dog"',
    );
  command.action((name: string | undefined, options: PullCommand) => {
    if (options.list) return list(options.json);
    if (name === undefined) return command.error("error: missing required argument 'name', or --list");
    return pull(name, options);
  });
}

/** Network and lock are loaded only here, so that no other command waits for them. */
async function pull(name: string, { json, ...options }: PullCommand): Promise<void> {
  const { pullModel } = await import('../node/hub/pull.ts');
  const report = makeReport();
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.on('SIGINT', onInterrupt); // not once: the lock ends the process where it finds no listener beside its own
  try {
    const pulled = await pullModel(name, { ...options, report, signal: stop.signal });
    if (json) return printJson(pulled);
    const { files, received, repository, commit, directory } = pulled;
    const how = received > 0 ? `${byteSize(received)} came` : 'all was there';
    console.error(`${name} is ready: ${files.length} files of ${repository} at ${commit}, ${how}\n${directory}`);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error('stopped; run the same command again to go on');
    process.exitCode = 130;
  } finally {
    report.stop();
    process.off('SIGINT', onInterrupt);
  }
}

async function list(json = false): Promise<void> {
  const rows: { name: string; repository: string; state: string }[] = [];
  for (const published of catalogue) {
    const name = openaiSpelling(published) ?? published.name;
    rows.push({ name, repository: published.repository, state: await stateOf(name) });
  }
  if (json) return printJson({ cache: hubCache(), models: rows });
  console.log(table(rows.map(({ name, repository, state }) => [name, repository, state])));
}

async function stateOf(name: string): Promise<string> {
  try {
    const located = await locatePublished(name);
    return located?.isPinned ? 'pulled' : 'in the cache, not checked';
  } catch {
    return '';
  }
}
