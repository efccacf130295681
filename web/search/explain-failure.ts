import { PictureGone } from './api.ts';
import { Refused, Unreachable } from './ask.ts';
import { element } from './element.ts';
import { failure } from './message.ts';

/** Says what went wrong in words for people. @param again tries once more */
export function explainFailure(error: unknown, again: () => void): HTMLElement {
  const button = element('button', { type: 'button', class: 'action', onclick: again }, 'Try again');
  if (error instanceof Unreachable)
    return failure(
      'The server does not answer',
      'Is clip-tfjs serve still running? This page goes on by itself when it is back.',
      button,
    );
  if (error instanceof PictureGone)
    return failure(
      'Your picture is not kept',
      'Pictures that you search by are forgotten when the page is loaded again. Drop, paste or choose it once more.',
    );
  if (!(error instanceof Refused)) return failure('Something is wrong with this page', String(error), button);
  if (error.status === 401)
    return failure(
      'This server asks for its token',
      'Open the page once with ?token= and the token of clip-tfjs serve at the end of the address.',
    );
  if (error.status === 503 && !/^(busy|stopping)?$/.test(error.code))
    return failure('The server cannot answer', firstLine(error.message), button);
  if (error.status === 503)
    return failure('The server is busy', 'Others are searching too, or it is stopping.', button);
  if (error.status < 500) return failure('This search does not work', firstLine(error.message));
  return failure('The server has failed', error.message, button);
}

/** The others of a query's fault show the query with a mark below; it stands in the search box. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string;
}
