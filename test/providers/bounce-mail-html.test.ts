/** The words of a notice in HTML, however carelessly it is written. */
import { expect, it } from 'vitest';
import { textOfHtml } from '../../src/providers/bounce-mail/html.ts';

it.each([
  ['with a head', '<html><head><style>p {}</style></head><body><p>Gone: ann@a.test</p></body></html>'],
  [
    'with a head that never ends',
    '<html><head><title>Failure</title><body><p>Gone: ann@a.test</p></body></html>',
  ],
  ['without either', '<p>Gone: ann@a.test'],
  ['with entities', '<p>Gone:&nbsp;ann&#64;a.test</p>'],
])('of HTML %s are read', (_title, html) => {
  expect(textOfHtml(html).trim().replace('\u00a0', ' ')).toBe('Gone: ann@a.test');
});
