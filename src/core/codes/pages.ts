/** The full pages of the catalogue, one file each in pages/. A code without one has its facts and one sentence. */
import type { Page } from './page.ts';
import { page as page4_2_2 } from './pages/4.2.2.ts';
import { page as page4_3_0 } from './pages/4.3.0.ts';
import { page as page4_4_1 } from './pages/4.4.1.ts';
import { page as page4_4_2 } from './pages/4.4.2.ts';
import { page as page4_4_7 } from './pages/4.4.7.ts';
import { page as page4_7_0 } from './pages/4.7.0.ts';
import { page as page4_7_1 } from './pages/4.7.1.ts';
import { page as page5_0_0 } from './pages/5.0.0.ts';
import { page as page5_1_0 } from './pages/5.1.0.ts';
import { page as page5_1_1 } from './pages/5.1.1.ts';
import { page as page5_1_2 } from './pages/5.1.2.ts';
import { page as page5_1_3 } from './pages/5.1.3.ts';
import { page as page5_1_8 } from './pages/5.1.8.ts';
import { page as page5_1_10 } from './pages/5.1.10.ts';
import { page as page5_2_1 } from './pages/5.2.1.ts';
import { page as page5_2_2 } from './pages/5.2.2.ts';
import { page as page5_2_3 } from './pages/5.2.3.ts';
import { page as page5_3_0 } from './pages/5.3.0.ts';
import { page as page5_3_4 } from './pages/5.3.4.ts';
import { page as page5_4_1 } from './pages/5.4.1.ts';
import { page as page5_4_4 } from './pages/5.4.4.ts';
import { page as page5_5_2 } from './pages/5.5.2.ts';
import { page as page5_5_4 } from './pages/5.5.4.ts';
import { page as page5_7_0 } from './pages/5.7.0.ts';
import { page as page5_7_1 } from './pages/5.7.1.ts';
import { page as page5_7_8 } from './pages/5.7.8.ts';
import { page as page5_7_25 } from './pages/5.7.25.ts';
import { page as page5_7_26 } from './pages/5.7.26.ts';
import { page as page211 } from './pages/211.ts';
import { page as page214 } from './pages/214.ts';
import { page as page220 } from './pages/220.ts';
import { page as page221 } from './pages/221.ts';
import { page as page235 } from './pages/235.ts';
import { page as page250 } from './pages/250.ts';
import { page as page251 } from './pages/251.ts';
import { page as page252 } from './pages/252.ts';
import { page as page253 } from './pages/253.ts';
import { page as page334 } from './pages/334.ts';
import { page as page354 } from './pages/354.ts';
import { page as page355 } from './pages/355.ts';
import { page as page421 } from './pages/421.ts';
import { page as page432 } from './pages/432.ts';
import { page as page450 } from './pages/450.ts';
import { page as page451 } from './pages/451.ts';
import { page as page452 } from './pages/452.ts';
import { page as page453 } from './pages/453.ts';
import { page as page454 } from './pages/454.ts';
import { page as page455 } from './pages/455.ts';
import { page as page458 } from './pages/458.ts';
import { page as page459 } from './pages/459.ts';
import { page as page500 } from './pages/500.ts';
import { page as page501 } from './pages/501.ts';
import { page as page502 } from './pages/502.ts';
import { page as page503 } from './pages/503.ts';
import { page as page504 } from './pages/504.ts';
import { page as page521 } from './pages/521.ts';
import { page as page523 } from './pages/523.ts';
import { page as page524 } from './pages/524.ts';
import { page as page525 } from './pages/525.ts';
import { page as page530 } from './pages/530.ts';
import { page as page534 } from './pages/534.ts';
import { page as page535 } from './pages/535.ts';
import { page as page538 } from './pages/538.ts';
import { page as page550 } from './pages/550.ts';
import { page as page551 } from './pages/551.ts';
import { page as page552 } from './pages/552.ts';
import { page as page553 } from './pages/553.ts';
import { page as page554 } from './pages/554.ts';
import { page as page555 } from './pages/555.ts';
import { page as page556 } from './pages/556.ts';

const pages: Readonly<Record<string, Page>> = {
  '211': page211,
  '214': page214,
  '220': page220,
  '221': page221,
  '235': page235,
  '250': page250,
  '251': page251,
  '252': page252,
  '253': page253,
  '334': page334,
  '354': page354,
  '355': page355,
  '421': page421,
  '432': page432,
  '450': page450,
  '451': page451,
  '452': page452,
  '453': page453,
  '454': page454,
  '455': page455,
  '458': page458,
  '459': page459,
  '500': page500,
  '501': page501,
  '502': page502,
  '503': page503,
  '504': page504,
  '521': page521,
  '523': page523,
  '524': page524,
  '525': page525,
  '530': page530,
  '534': page534,
  '535': page535,
  '538': page538,
  '550': page550,
  '551': page551,
  '552': page552,
  '553': page553,
  '554': page554,
  '555': page555,
  '556': page556,
  '4.2.2': page4_2_2,
  '4.3.0': page4_3_0,
  '4.4.1': page4_4_1,
  '4.4.2': page4_4_2,
  '4.4.7': page4_4_7,
  '4.7.0': page4_7_0,
  '4.7.1': page4_7_1,
  '5.0.0': page5_0_0,
  '5.1.0': page5_1_0,
  '5.1.1': page5_1_1,
  '5.1.2': page5_1_2,
  '5.1.3': page5_1_3,
  '5.1.8': page5_1_8,
  '5.1.10': page5_1_10,
  '5.2.1': page5_2_1,
  '5.2.2': page5_2_2,
  '5.2.3': page5_2_3,
  '5.3.0': page5_3_0,
  '5.3.4': page5_3_4,
  '5.4.1': page5_4_1,
  '5.4.4': page5_4_4,
  '5.5.2': page5_5_2,
  '5.5.4': page5_5_4,
  '5.7.0': page5_7_0,
  '5.7.1': page5_7_1,
  '5.7.8': page5_7_8,
  '5.7.25': page5_7_25,
  '5.7.26': page5_7_26,
};

export const pageOf = (code: string): Page | null =>
  Object.hasOwn(pages, code) ? (pages[code] ?? null) : null;
