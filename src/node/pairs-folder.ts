import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { defaultTemplates, fillTemplate } from '../classify/templates.ts';
import { findPictures } from './find-pictures.ts';
import type { PairOptions, RawRow } from './pairs.ts';

/**
 * A folder of pictures per class: each picture's captions are the templates with the class's name, its folder's name with
 * spaces for underscores, and its concept is the class.
 * @throws SyntaxError where there is no folder
 */
export async function* folderRows(
  source: string,
  { templates = defaultTemplates }: PairOptions,
): AsyncGenerator<RawRow> {
  const entries = await readdir(source, { withFileTypes: true });
  const classes = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  if (classes.length === 0)
    throw new SyntaxError(
      `Cannot read ${source}: expected a folder of pictures for each class but it has no folder; put the pictures of each class into one, or name a table of captions (.csv, .tsv, .jsonl)`,
    );
  let line = 0;
  for (const name of classes.sort()) {
    const label = name.replaceAll('_', ' ');
    const texts = templates.map((template) => fillTemplate(template, label));
    const unread: string[] = [];
    const pictures = await findPictures([join(source, name)], (path, { message }) =>
      unread.push(`${path}: ${message}`),
    );
    for (const reason of unread) yield { line: ++line, reason };
    for (const { path } of pictures) yield { line: ++line, image: relative(source, path), texts, concept: label };
  }
}
