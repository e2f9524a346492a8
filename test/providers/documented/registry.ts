/** What is documented of each provider, by its id. */
import { ahasend } from './ahasend.ts';
import { amazonSes } from './amazon-ses.ts';
import { bird } from './bird.ts';
import type { Documented } from './documented.ts';
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

export const documentedOf: Readonly<Record<string, Documented>> = {
  ahasend,
  'amazon-ses': amazonSes,
  bird,
  generic,
  'hyvor-relay': hyvorRelay,
  lettermint,
  loops,
  mailgun,
  postmark,
  resend,
  sendgrid,
  sparkpost,
  zeptomail,
};
