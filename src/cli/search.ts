import type { Command } from 'commander';
import { addIndexModelOptions, type IndexModelOptions } from './index-model.ts';
import { parseBytes, parseCosine, parseCount, parseDate } from './parsers.ts';
import { runSearch } from './run-search.ts';

export type SearchCommand = IndexModelOptions & {
  top?: number;
  minSimilarity?: number;
  path?: string;
  after?: number;
  before?: number;
  minSize?: number;
  maxSize?: number;
  minWidth?: number;
  minHeight?: number;
  sameAs?: string;
  duplicates?: boolean;
  facets?: string;
  paths?: boolean;
  null?: boolean;
  html?: string;
};

export function addSearch(program: Command): void {
  const command = program
    .command('search')
    .summary('find pictures of an index by words, by pictures, or by both')
    .description('Find the pictures of an index that are nearest to words, to a picture, or to a sum of both.')
    .argument(
      '[query...]',
      'words; a picture; or terms with + and -, each with a weight if need be: \'2 * car - "night"\'',
    );
  addIndexModelOptions(command, 'the directory of the index')
    .option('-k, --top <count>', 'results at most (default: 10; all with --same-as and --duplicates)', parseCount)
    .option('--min-similarity <cosine>', 'the least that counts (--same-as and --duplicates: 0.95)', parseCosine)
    .option('--path <pattern>', "a part of the path, or a glob: '2024/**', '*.jpg'")
    .option('--after <date>', 'changed on that day or later: 2024, 2024-07 or 2024-07-31', parseDate)
    .option('--before <date>', 'changed before that day', parseDate)
    .option('--min-size <bytes>', 'of the file: 300k, 2M', parseBytes)
    .option('--max-size <bytes>', 'of the file', parseBytes)
    .option('--min-width <pixels>', 'of the picture', parseCount)
    .option('--min-height <pixels>', 'of the picture', parseCount)
    .option('--same-as <file>', 'pictures that are nearly the same as this one, in place of a query')
    .option('--duplicates', 'groups of pictures that are nearly the same, in place of a query')
    .option('--facets <labels>', 'sort the results by labels, with commas between them: "cat,dog,something else"')
    .option('--paths', 'print paths and nothing else, one a line')
    .option('-0, --null', 'print paths with a NUL after each, for xargs -0')
    .option('--html <file>', 'write a page with the pictures as well')
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs search a red car --store photos.index' +
        '\n  $ clip-tfjs search \'"red car" + photo.jpg - 0.5 * "night"\' --store photos.index --after 2024 --html sheet.html' +
        '\n  $ clip-tfjs search beach --store photos.index -k 50 -0 | xargs -0 cp -t beach/' +
        '\n\nIt is no failure to find nothing: exit status 0. A query that begins with - goes behind --. More in docs/search.md.',
    )
    .action(runSearch);
}
