/** Who runs the server that takes a domain's mail, by the name of its MX host. Pure. */

/** UNVERIFIED: registrable domains of MX hosts, by the name people know, as seen in DNS. Any other operator is called by its own domain. */
const known: Readonly<Record<string, string>> = {
  amazon: 'amazonaws.com',
  apple: 'icloud.com me.com',
  barracuda: 'barracudanetworks.com',
  cisco: 'iphmx.com',
  cloudflare: 'cloudflare.net',
  fastmail: 'messagingengine.com',
  gmx: 'gmx.net gmx.com web.de',
  godaddy: 'secureserver.net',
  google: 'google.com googlemail.com',
  ionos: 'kundenserver.de perfora.net ionos.com ionos.de ionos.co.uk ionos.fr ionos.es',
  mailru: 'mail.ru',
  microsoft: 'outlook.com hotmail.com mx.microsoft',
  mimecast: 'mimecast.com mimecast-offshore.com',
  netease: '163.com netease.com',
  ovh: 'ovh.net',
  proofpoint: 'pphosted.com ppe-hosted.com',
  proton: 'protonmail.ch',
  rackspace: 'emailsrvr.com',
  symantec: 'messagelabs.com',
  tencent: 'qq.com',
  yahoo: 'yahoodns.net',
  yandex: 'yandex.net yandex.ru',
  zoho: 'zoho.com zoho.eu zoho.in zohomail.com',
};
const names: ReadonlyMap<string, string> = new Map(
  Object.entries(known).flatMap(([name, domains]) => domains.split(' ').map((domain) => [domain, name])),
);

/** Below a country's top-level domain these are nobody's own. */
const shared = new Set(['ac', 'co', 'com', 'edu', 'go', 'gob', 'gov', 'ne', 'net', 'or', 'org']);

/** Of a host, a domain, or a name that is one already: `aspmx.l.google.com`, `google.com` and `google` are the same. */
export function operatorOf(host: string): string {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const isShared = labels.at(-1)?.length === 2 && shared.has(labels.at(-2) ?? '');
  const domain = labels.slice(isShared ? -3 : -2).join('.');
  return names.get(domain) ?? domain;
}
