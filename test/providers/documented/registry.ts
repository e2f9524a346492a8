/** What is documented of each provider, by its id. */
import { ahasend } from './ahasend.ts';
import { amazonSes } from './amazon-ses.ts';
import { arf } from './arf.ts';
import { azure } from './azure.ts';
import { bird } from './bird.ts';
import { brevo } from './brevo.ts';
import { cloudflare } from './cloudflare.ts';
import type { Documented } from './documented.ts';
import { dsn } from './dsn.ts';
import { elasticEmail } from './elastic-email.ts';
import { emailit } from './emailit.ts';
import { forwardemail } from './forwardemail.ts';
import { generic } from './generic.ts';
import { haraka } from './haraka.ts';
import { hyvorRelay } from './hyvor-relay.ts';
import { kumomta } from './kumomta.ts';
import { lettermint } from './lettermint.ts';
import { loops } from './loops.ts';
import { mailersend } from './mailersend.ts';
import { mailgun } from './mailgun.ts';
import { mailjet } from './mailjet.ts';
import { mailomat } from './mailomat.ts';
import { mailtrap } from './mailtrap.ts';
import { mandrill } from './mandrill.ts';
import { postal } from './postal.ts';
import { postfix } from './postfix.ts';
import { postmark } from './postmark.ts';
import { powermta } from './powermta.ts';
import { resend } from './resend.ts';
import { scaleway } from './scaleway.ts';
import { sendgrid } from './sendgrid.ts';
import { smtp2go } from './smtp2go.ts';
import { socketlabs } from './socketlabs.ts';
import { sparkpost } from './sparkpost.ts';
import { sweego } from './sweego.ts';
import { unisenderGo } from './unisender-go.ts';
import { zeptomail } from './zeptomail.ts';

export const documentedOf: Readonly<Record<string, Documented>> = {
  ahasend,
  'amazon-ses': amazonSes,
  arf,
  azure,
  bird,
  brevo,
  cloudflare,
  dsn,
  'elastic-email': elasticEmail,
  emailit,
  forwardemail,
  generic,
  haraka,
  'hyvor-relay': hyvorRelay,
  kumomta,
  lettermint,
  loops,
  mailersend,
  mailgun,
  mailjet,
  mailomat,
  mailtrap,
  mandrill,
  postal,
  postfix,
  postmark,
  powermta,
  resend,
  scaleway,
  sendgrid,
  smtp2go,
  socketlabs,
  sparkpost,
  sweego,
  'unisender-go': unisenderGo,
  zeptomail,
};
