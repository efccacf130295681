import type { ClipConfig } from '../config.ts';

export type Tower = 'visual' | 'text';

/** The block of a parameter by its name, counted from 0; a ResNet's stages count as blocks. Undefined before and behind them. */
export function blockOf(name: string): { tower: Tower; block: number } | undefined {
  const [, tower, block] = /^(visual|text)\.(?:resblocks|stages)\.(\d+)\./.exec(name) ?? [];
  return tower === undefined ? undefined : { tower: tower as Tower, block: Number(block) };
}

/** How many blocks each tower has, 0 where it is not there. */
export function blockCounts({ vision, text }: ClipConfig): Record<Tower, number> {
  const visual = !vision ? 0 : vision.kind === 'vit' ? vision.layers : vision.layers.length;
  return { visual, text: text?.layers ?? 0 };
}
