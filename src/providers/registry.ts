/** Every provider, once. Ids, URL segments, database values and docs derive from this object. */
import type { ProviderAdapter } from './adapter.ts';
import { amazonSes } from './amazon-ses.ts';
import { dsn } from './dsn.ts';
import { generic } from './generic.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { sparkpost } from './sparkpost.ts';

export const providers: readonly ProviderAdapter[] = [
  amazonSes,
  dsn,
  generic,
  mailgun,
  postmark,
  resend,
  sendgrid,
  sparkpost,
];

export const providerOf = (id: string): ProviderAdapter | null =>
  providers.find((provider) => provider.id === id) ?? null;
