/** The providers whose own lists can be read by an API. */
import { amazonSesList } from './amazon-ses.ts';
import { brevoList } from './brevo.ts';
import { cloudflareList } from './cloudflare.ts';
import type { ProviderList } from './list.ts';
import { mailgunList } from './mailgun.ts';
import { mailtrapList } from './mailtrap.ts';
import { mandrillList } from './mandrill.ts';
import { postmarkList } from './postmark.ts';
import { resendList } from './resend.ts';
import { sendgridList } from './sendgrid.ts';
import { sparkpostList } from './sparkpost.ts';

export const providerLists: ReadonlyMap<string, ProviderList> = new Map([
  ['amazon-ses', amazonSesList],
  ['brevo', brevoList],
  ['cloudflare', cloudflareList],
  ['mailgun', mailgunList],
  ['mailtrap', mailtrapList],
  ['mandrill', mandrillList],
  ['postmark', postmarkList],
  ['resend', resendList],
  ['sendgrid', sendgridList],
  ['sparkpost', sparkpostList],
]);
