import { type Handled, serve } from '../workers/serve.ts';
import { inspectPicture, type PictureFacts, type PictureTask } from './inspect-picture.ts';

serve(async (task: PictureTask): Promise<Handled<PictureFacts>> => {
  const result = await inspectPicture(task);
  return { result, transfer: result.pixels ? [result.pixels.buffer] : [] };
});
