/** Asks DNS who takes a domain's mail: the system's resolver, one at an address, or one over HTTPS (Workers have no other). */
import { promises as dns } from 'node:dns';
import * as z from 'zod';
import { type MailHosts, mailHostLimits, rememberMailHosts } from './app/mail-hosts.ts';
import type { Config } from './config.ts';

/** As MAILSTOP_MX_RESOLVER names it: `system`, `127.0.0.1:53`, or `https://cloudflare-dns.com/dns-query`. */
const mxResolver = (named: string): MailHosts => (isUrl(named) ? overHttps(new URL(named)) : overUdp(named));

export const mailHostsOf = (
  { mxResolver: named }: Pick<Config, 'mxResolver'>,
  now: () => number,
): MailHosts | null => (named === null ? null : rememberMailHosts(mxResolver(named), now));

const isUrl = (named: string): boolean => /^https:\/\//i.test(named) && URL.canParse(named);

function overUdp(named: string): MailHosts {
  const resolver = new dns.Resolver({ timeout: mailHostLimits.timeout, tries: 1 });
  if (named !== 'system') resolver.setServers([named]);
  return async (domain) => {
    try {
      const found = await resolver.resolveMx(domain);
      return found.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
    } catch (error) {
      // Said, and not a failure to say.
      if (['ENODATA', 'ENOTFOUND'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  };
}

/** The JSON that public resolvers speak: https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/ */
const answers = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).optional(),
});
const MX = 15;
const [NOERROR, NXDOMAIN] = [0, 3];

function overHttps(resolver: URL): MailHosts {
  return async (domain) => {
    const url = new URL(resolver);
    url.searchParams.set('name', domain);
    url.searchParams.set('type', 'MX');
    const answer = await fetch(url, {
      headers: { accept: 'application/dns-json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(mailHostLimits.timeout),
    });
    if (!answer.ok) throw new Error(`the resolver answered ${answer.status}`);
    const { Status, Answer = [] } = answers.parse(await answer.json());
    if (Status !== NOERROR && Status !== NXDOMAIN)
      throw new Error(`the resolver answered with code ${Status}`);
    return Answer.filter(({ type }) => type === MX)
      .map(({ data }) => data.split(' '))
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, host]) => host ?? '');
  };
}
