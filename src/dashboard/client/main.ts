/** What the pages do in the browser beyond links and forms. Each part looks for its own marks, and without them does nothing. */
import { charts } from './chart.ts';
import { copyButtons } from './copy.ts';
import { imports } from './import.ts';
import { liveForms } from './live.ts';
import { scrollByKeys } from './scroll.ts';
import { selections } from './select.ts';

copyButtons();
charts();
liveForms();
selections();
imports();
scrollByKeys();
