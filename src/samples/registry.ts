/** Every sampler, once. */
import { ahasendSampler } from './ahasend.ts';
import { amazonSesSampler } from './amazon-ses.ts';
import { birdSampler } from './bird.ts';
import { dsnSampler } from './dsn.ts';
import { genericSampler } from './generic.ts';
import { hyvorRelaySampler } from './hyvor-relay.ts';
import { lettermintSampler } from './lettermint.ts';
import { loopsSampler } from './loops.ts';
import { mailgunSampler } from './mailgun.ts';
import { postmarkSampler } from './postmark.ts';
import { resendSampler } from './resend.ts';
import type { Sampler } from './sampler.ts';
import { sendgridSampler } from './sendgrid.ts';
import { sparkpostSampler } from './sparkpost.ts';
import { zeptomailSampler } from './zeptomail.ts';

export const samplers: readonly Sampler[] = [
  ahasendSampler,
  amazonSesSampler,
  birdSampler,
  dsnSampler,
  genericSampler,
  hyvorRelaySampler,
  lettermintSampler,
  loopsSampler,
  mailgunSampler,
  postmarkSampler,
  resendSampler,
  sendgridSampler,
  sparkpostSampler,
  zeptomailSampler,
];
