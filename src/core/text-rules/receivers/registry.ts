/** Every receiver whose replies have rules of their own, once. Where several gates open, the order is this. */
import type { Receiver } from '../rule.ts';
import { apple } from './apple.ts';
import { att } from './att.ts';
import { charter, comcast, cox } from './cable.ts';
import { facebook } from './facebook.ts';
import { godaddy } from './godaddy.ts';
import { google } from './google.ts';
import { microsoft } from './microsoft.ts';
import { mimecast } from './mimecast.ts';
import { netease } from './netease.ts';
import { orange } from './orange.ts';
import { symantec } from './symantec.ts';
import { tencent } from './tencent.ts';
import { unitedInternet } from './united-internet.ts';
import { yahoo } from './yahoo.ts';
import { yandex } from './yandex.ts';

export const receivers: readonly Receiver[] = [
  orange,
  godaddy,
  charter,
  cox,
  comcast,
  att,
  facebook,
  netease,
  mimecast,
  symantec,
  tencent,
  apple,
  google,
  microsoft,
  yahoo,
  unitedInternet,
  yandex,
];
