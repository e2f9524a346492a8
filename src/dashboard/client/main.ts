/** What the pages do in the browser beyond links and forms. Each part looks for its own marks, and without them does nothing. */
import { copyButtons } from './copy.ts';
import { liveForms } from './live.ts';

copyButtons();
liveForms();
