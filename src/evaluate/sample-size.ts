/**
 * How many pictures it takes for one of them to be `rate`. With fewer, the only threshold that keeps to the rate lets none of
 * them through, whatever the rate: 10 pictures cannot tell 1 % from 9 %.
 * @param rate between 0 and 1, both excluded
 */
export function picturesForRate(rate: number): number {
  return Math.ceil(1 / rate - 1e-9); // 1 / 0.05 must not become 21
}

/**
 * How many pictures, none of which goes wrong, show that no more than `rate` go wrong: the smallest n with (1 - rate)^n <= 1 - level
 * (Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all right?": 3 / rate at 95 %).
 */
export function picturesToShow(rate: number, level = 0.95): number {
  return Math.ceil(Math.log(1 - level) / Math.log1p(-rate));
}
