/** What is documented of each provider, by its id. */
import { amazonSes } from './amazon-ses.ts';
import type { Documented } from './documented.ts';
import { generic } from './generic.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { sparkpost } from './sparkpost.ts';

export const documentedOf: Readonly<Record<string, Documented>> = {
  'amazon-ses': amazonSes,
  generic,
  mailgun,
  postmark,
  resend,
  sendgrid,
  sparkpost,
};
