import assert from 'node:assert/strict';
import { architectureConfig, publishedArchitectures } from '../src/config.ts';
import { parameterCount } from '../src/parameters.ts';

/** OpenAI's nine and open_clip's three: all parameters, and those of the image tower alone. */
const published: Record<string, [total: number, vision: number]> = {
  'ViT-B/32': [151_277_313, 87_849_216],
  'ViT-B/16': [149_620_737, 86_192_640],
  'ViT-L/14': [427_616_513, 303_966_208],
  'ViT-L/14@336px': [427_944_193, 304_293_888],
  RN50: [102_007_137, 38_316_896],
  RN101: [119_688_033, 56_259_936],
  RN50x4: [178_300_601, 87_137_080],
  RN50x16: [290_979_217, 167_328_912],
  RN50x64: [623_258_305, 420_380_352],
  'ViT-H/14': [986_109_441, 632_076_800],
  'ViT-g/14': [1_366_678_273, 1_012_645_632],
  'ViT-bigG/14': [2_539_567_105, 1_844_907_264],
};

describe('parameterCount()', () => {
  for (const [name, [total, vision]] of Object.entries(published)) {
    it(`counts ${total} parameters in ${name}`, () => {
      const architecture = publishedArchitectures[name];
      assert.ok(architecture);
      const config = architectureConfig(architecture, 'quick_gelu');
      assert.equal(parameterCount(config), total);
      assert.equal(parameterCount(config, 'image') - 1, vision); // the temperature belongs to neither tower
    });
  }
});
