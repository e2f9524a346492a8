/** The hosts that take a domain's mail, as DNS says, remembered for a while. And which entries are at one operator. */
import { operatorOf } from '../core/mail-operators.ts';
import { HOUR, SECOND } from '../core/time.ts';
import type { EntryRow } from '../store/store.ts';

/** Most preferred first; none where the domain has no MX record. Rejects where DNS did not say. */
export type MailHosts = (domain: string) => Promise<readonly string[]>;

export const mailHostLimits = {
  /** Domains that are remembered, and for how long. */
  kept: 20_000,
  age: HOUR,
  /** Questions at once; one of them; all of those of a selection. */
  atOnce: 32,
  timeout: 3 * SECOND,
  patience: 20 * SECOND,
} as const;

/** What DNS did not say is asked again the next time. */
export function rememberMailHosts(resolve: MailHosts, now: () => number): MailHosts {
  const known = new Map<string, { readonly hosts: readonly string[]; readonly until: number }>();
  return async (domain) => {
    const before = known.get(domain);
    if (before !== undefined && before.until > now()) return before.hosts;
    const hosts = await resolve(domain);
    known.delete(domain);
    if (known.size >= mailHostLimits.kept) known.delete(known.keys().next().value as string);
    known.set(domain, { hosts, until: now() + mailHostLimits.age });
    return hosts;
  };
}

export interface Operated {
  readonly operator: string;
  /** Domains whose mail it takes. */
  readonly domains: readonly string[];
  /** How many entries are at other operators. */
  readonly elsewhere: number;
  /** Domains of which DNS did not say who takes their mail, and how many entries they have: never selected. */
  readonly unknown: { readonly domains: readonly string[]; readonly entries: number };
}

export interface ByOperator {
  /** Those at the operator. */
  keep(rows: readonly EntryRow[]): Promise<readonly EntryRow[]>;
  told(): Operated;
}

/** Of all rows that it is given in turn. */
export function byOperator(hostsOf: MailHosts, named: string): ByOperator {
  const operator = operatorOf(named);
  const deadline = performance.now() + mailHostLimits.patience;
  /** By domain; null = unknown. */
  const operators = new Map<string, string | null>();
  let [elsewhere, unknown] = [0, 0];

  async function ask(domain: string): Promise<string | null> {
    if (performance.now() > deadline) return null;
    const [first] = await hostsOf(domain).catch(() => []);
    // A domain with a null MX (RFC 7505) takes no mail at all.
    return first === undefined || first === '' || first === '.' ? null : operatorOf(first);
  }

  return {
    async keep(rows) {
      const domains = [...new Set(rows.map(domainOf))].filter((domain) => !operators.has(domain));
      const next = domains.values();
      const asker = async () => {
        for (const domain of next) operators.set(domain, await ask(domain));
      };
      await Promise.all(Array.from({ length: mailHostLimits.atOnce }, asker));
      return rows.filter((row) => {
        const found = operators.get(domainOf(row)) ?? null;
        if (found === null) unknown += 1;
        else if (found !== operator) elsewhere += 1;
        return found === operator;
      });
    },
    told() {
      const of = (wanted: string | null) =>
        [...operators].flatMap(([domain, found]) => (found === wanted ? [domain] : [])).sort();
      return { operator, domains: of(operator), elsewhere, unknown: { domains: of(null), entries: unknown } };
    },
  };
}

const domainOf = ({ address }: Pick<EntryRow, 'address'>): string =>
  address.slice(address.lastIndexOf('@') + 1);
