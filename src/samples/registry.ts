/** Every sampler, once. */
import { ahasendSampler } from './ahasend.ts';
import { amazonSesSampler } from './amazon-ses.ts';
import { arfSampler } from './arf.ts';
import { azureSampler } from './azure.ts';
import { birdSampler } from './bird.ts';
import { brevoSampler } from './brevo.ts';
import { cloudflareSampler } from './cloudflare.ts';
import { dsnSampler } from './dsn.ts';
import { elasticEmailSampler } from './elastic-email.ts';
import { emailitSampler } from './emailit.ts';
import { forwardemailSampler } from './forwardemail.ts';
import { genericSampler } from './generic.ts';
import { harakaSampler } from './haraka.ts';
import { hyvorRelaySampler } from './hyvor-relay.ts';
import { kumomtaSampler } from './kumomta.ts';
import { lettermintSampler } from './lettermint.ts';
import { loopsSampler } from './loops.ts';
import { mailersendSampler } from './mailersend.ts';
import { mailgunSampler } from './mailgun.ts';
import { mailjetSampler } from './mailjet.ts';
import { mailomatSampler } from './mailomat.ts';
import { mailtrapSampler } from './mailtrap.ts';
import { mandrillSampler } from './mandrill.ts';
import { postalSampler } from './postal.ts';
import { postfixSampler } from './postfix.ts';
import { postmarkSampler } from './postmark.ts';
import { powermtaSampler } from './powermta.ts';
import { resendSampler } from './resend.ts';
import type { Sampler } from './sampler.ts';
import { scalewaySampler } from './scaleway.ts';
import { sendgridSampler } from './sendgrid.ts';
import { smtp2goSampler } from './smtp2go.ts';
import { socketlabsSampler } from './socketlabs.ts';
import { sparkpostSampler } from './sparkpost.ts';
import { sweegoSampler } from './sweego.ts';
import { unisenderGoSampler } from './unisender-go.ts';
import { zeptomailSampler } from './zeptomail.ts';

export const samplers: readonly Sampler[] = [
  ahasendSampler,
  amazonSesSampler,
  arfSampler,
  azureSampler,
  birdSampler,
  brevoSampler,
  cloudflareSampler,
  dsnSampler,
  elasticEmailSampler,
  emailitSampler,
  forwardemailSampler,
  genericSampler,
  harakaSampler,
  hyvorRelaySampler,
  kumomtaSampler,
  lettermintSampler,
  loopsSampler,
  mailersendSampler,
  mailgunSampler,
  mailjetSampler,
  mailomatSampler,
  mailtrapSampler,
  mandrillSampler,
  postalSampler,
  postfixSampler,
  postmarkSampler,
  powermtaSampler,
  resendSampler,
  scalewaySampler,
  sendgridSampler,
  smtp2goSampler,
  socketlabsSampler,
  sparkpostSampler,
  sweegoSampler,
  unisenderGoSampler,
  zeptomailSampler,
];
