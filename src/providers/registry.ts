/** Every provider, once. Ids, URL segments, database values and docs derive from this object. */
import type { ProviderAdapter } from './adapter.ts';
import { ahasend } from './ahasend.ts';
import { amazonSes } from './amazon-ses.ts';
import { bird } from './bird.ts';
import { dsn } from './dsn.ts';
import { generic } from './generic.ts';
import { hyvorRelay } from './hyvor-relay.ts';
import { lettermint } from './lettermint.ts';
import { loops } from './loops.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { sparkpost } from './sparkpost.ts';
import { zeptomail } from './zeptomail.ts';

export const providers: readonly ProviderAdapter[] = [
  ahasend,
  amazonSes,
  bird,
  dsn,
  generic,
  hyvorRelay,
  lettermint,
  loops,
  mailgun,
  postmark,
  resend,
  sendgrid,
  sparkpost,
  zeptomail,
];

export const providerOf = (id: string): ProviderAdapter | null =>
  providers.find((provider) => provider.id === id) ?? null;
