import type { PreprocessConfig } from '../../config.ts';
import { percent } from '../../evaluate/percent.ts';
import { addFound, type FoundRows } from './found.ts';
import { marks, type Pictures } from './pictures.ts';
import type { Rows } from './rows.ts';

/** Longer to shorter side: beyond it the square in the middle shows less than a third. */
const longestRatio = 3;

/** What is wrong with pictures by themselves, at every row that names them. */
export function findPictureFaults(
  found: FoundRows,
  rows: Rows,
  pictures: Pictures,
  preprocess: PreprocessConfig,
): void {
  for (const [row, picture] of rows.picture.entries()) {
    const reason = pictures.unreadable.get(picture);
    if (reason !== undefined) {
      addFound(found, 'unreadable-picture', { row, detail: reason });
      continue;
    }
    const [width, height] = [pictures.width[picture] as number, pictures.height[picture] as number];
    const marked = pictures.marked[picture] as number;
    const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
    const measured = preprocess.resizeMode === 'longest' ? longer : shorter;
    const size = `${width} x ${height} pixels`;
    if (marked & marks.oneColour) addFound(found, 'one-colour-picture', { row, detail: size });
    if (measured < preprocess.size)
      addFound(found, 'small-picture', { row, detail: `${size}, the model takes ${preprocess.size}` });
    if (longer > longestRatio * shorter) {
      const seen =
        preprocess.resizeMode === 'shortest' ? `: the square in the middle is ${percent(shorter / longer)} of it` : '';
      addFound(found, 'long-picture', { row, detail: `${size}${seen}` });
    }
    if (marked & marks.transparent && preprocess.background === null) addFound(found, 'transparent-picture', { row });
    if (marked & marks.animated) addFound(found, 'animated-picture', { row });
  }
}
