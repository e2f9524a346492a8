/** Every sampler, once. */
import { amazonSesSampler } from './amazon-ses.ts';
import { dsnSampler } from './dsn.ts';
import { genericSampler } from './generic.ts';
import { mailgunSampler } from './mailgun.ts';
import { postmarkSampler } from './postmark.ts';
import { resendSampler } from './resend.ts';
import type { Sampler } from './sampler.ts';
import { sendgridSampler } from './sendgrid.ts';
import { sparkpostSampler } from './sparkpost.ts';

export const samplers: readonly Sampler[] = [
  amazonSesSampler,
  dsnSampler,
  genericSampler,
  mailgunSampler,
  postmarkSampler,
  resendSampler,
  sendgridSampler,
  sparkpostSampler,
];
