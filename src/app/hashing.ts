/**
 * The two doors of a list whose addresses are hashed. What is written goes through the committer, and is hashed before it
 * is judged, so that one person is never two; what is asked goes through the store, and is answered by the address given.
 */
import { canonicalAddress } from '../core/address.ts';
import type { MailEvent } from '../core/event.ts';
import type { Act } from '../core/facts.ts';
import { idWithoutPerson, withoutAddress, withoutAddresses, withoutPerson } from '../core/pseudonym.ts';
import { keyOf, type Sent, type Store, sentKeyOf } from '../store/store.ts';
import type { Committer } from './commit.ts';
import type { AuditNote, Edit, EditResult, Intake, Job } from './jobs.ts';
import type { Pepper } from './pepper.ts';

export function hashingStore(store: Store, pepper: Pepper | null): Store {
  if (pepper === null) return store;
  const { nameOf } = pepper;
  /** Rows about it, as who knows the address asked for them. */
  const asAsked =
    (name: string, address: string) =>
    <Row extends { readonly address: string }>(row: Row): Row =>
      row.address === name ? { ...row, address } : row;
  const hashedSent = (tenant: string, { address, message }: Sent): Sent => {
    const name = nameOf(tenant, address);
    return { address: name, message: idWithoutPerson(message, address, name) };
  };

  /** The beginning of an address finds nothing, since its hash begins otherwise. */
  const found =
    (how: 'entries' | 'search' | 'newest'): Store['entries'] =>
    async (tenant, query, now) => {
      const address = query.q?.includes('@') === true ? canonicalAddress(query.q) : null;
      if (address?.ok !== true) return store[how](tenant, query, now);
      const name = nameOf(tenant, address.value);
      const page = await store[how](tenant, { ...query, q: name }, now);
      return { ...page, rows: page.rows.map(asAsked(name, address.value)) };
    };
  return {
    ...store,

    async known(of) {
      const known = await store.known({
        ...of,
        addresses: of.addresses.map(({ tenant, address }) => ({ tenant, address: nameOf(tenant, address) })),
      });
      const rows = of.addresses.flatMap(({ tenant, address }) => {
        const row = known.addresses.get(keyOf({ tenant, address: nameOf(tenant, address) }));
        return row === undefined ? [] : [{ ...row, address }];
      });
      return { ...known, addresses: new Map(rows.map((row) => [keyOf(row), row])) };
    },

    async histories(of) {
      const found = await store.histories(
        of.map(({ tenant, address }) => ({ tenant, address: nameOf(tenant, address) })),
      );
      return new Map(
        of.flatMap(({ tenant, address }) => {
          const name = nameOf(tenant, address);
          const history = found.get(keyOf({ tenant, address: name }));
          if (history === undefined) return [];
          const { events, entries } = history;
          const asked = asAsked(name, address);
          return [
            [
              keyOf({ tenant, address }),
              { ...history, events: events.map(asked), entries: entries.map(asked) },
            ] as const,
          ];
        }),
      );
    },

    async check(tenant, addresses, now) {
      const names = addresses.map((address) => nameOf(tenant, address));
      const found = await store.check(tenant, [...new Set(names)], now);
      return new Map(
        addresses.flatMap((address, i) => {
          const name = names[i] as string;
          const standing = found.get(name);
          if (standing === undefined) return [];
          return [[address, { ...standing, entries: standing.entries.map(asAsked(name, address)) }] as const];
        }),
      );
    },

    async events(tenant, query) {
      if (query.address === undefined) return store.events(tenant, query);
      const name = nameOf(tenant, query.address);
      const page = await store.events(tenant, { ...query, address: name });
      return { ...page, rows: page.rows.map(asAsked(name, query.address)) };
    },

    async acts(tenant, address) {
      const name = nameOf(tenant, address);
      return (await store.acts(tenant, name)).map(asAsked(name, address));
    },

    async sent(tenant, of) {
      const found = await store.sent(
        tenant,
        of.map((one) => hashedSent(tenant, one)),
      );
      return new Set(of.filter((one) => found.has(sentKeyOf(hashedSent(tenant, one)))).map(sentKeyOf));
    },

    entries: found('entries'),
    search: found('search'),
    newest: found('newest'),

    // What people say why, beside the list.
    configure: (change, audit) =>
      store.configure(
        ('length' in change ? change : [change]).map((one) => {
          if (!('put' in one)) return one;
          if (one.put === 'notice')
            return {
              ...one,
              row: { ...one.row, data: JSON.stringify(eachText(JSON.parse(one.row.data), withoutAddresses)) },
            };
          if (one.put !== 'incident' || one.row.why === null) return one;
          return { ...one, row: { ...one.row, why: withoutAddresses(one.row.why) } };
        }),
        audit,
      ),
  };
}

export function hashingCommitter(committer: Committer, pepper: Pepper | null): Committer {
  if (pepper === null) return committer;
  const submit = async (job: Job) => {
    switch (job.type) {
      case 'intake':
        return committer.submit(hashedIntake(pepper, job));
      case 'redecide': {
        const addresses = job.addresses.map((address) => pepper.nameOf(job.tenant, address));
        return committer.submit({ ...job, addresses });
      }
      case 'edit': {
        const result = await committer.submit(hashedEdit(pepper, job));
        if (result.type !== 'edit') return result;
        const done = new Set(result.acts.map(({ act }) => act.id));
        const acts = job.acts.filter(({ act }) => done.has(act.id));
        return { ...result, acts, changed: asGiven(pepper, job, result.changed) };
      }
    }
  };
  return { ...committer, submit: submit as Committer['submit'] };
}

function hashedIntake(pepper: Pepper, job: Intake): Intake {
  return {
    ...job,
    events: job.events.map((one) => ({
      ...one,
      event: hashedEvent(pepper, one.event),
      digest: pepper.digestOf(one.digest),
    })),
    ignored: job.ignored.map((one) => ({ ...one, label: withoutAddresses(one.label) })),
    unreadable: job.unreadable.map((one) => ({
      ...one,
      why: withoutAddresses(one.why),
      digest: pepper.digestOf(one.digest),
    })),
    bind: job.bind === null ? null : { ...job.bind, digest: pepper.digestOf(job.bind.digest) },
  };
}

function hashedEvent({ nameOf }: Pepper, event: MailEvent): MailEvent {
  const { address, smtp } = event;
  const name = nameOf(event.tenant, address);
  const id = (text: string | null) => (text === null ? null : idWithoutPerson(text, address, name));
  const word = (text: string) => withoutAddresses(withoutAddress(text, address, '<address>'));
  return {
    ...event,
    address: name,
    stream: word(event.stream),
    group: event.group === null ? null : word(event.group),
    smtp: smtp.text === null ? smtp : { ...smtp, text: withoutPerson(smtp.text, address) },
    classifiedBy: word(event.classifiedBy),
    messageId: id(event.messageId),
    rfcMessageId: id(event.rfcMessageId),
    providerEventId: id(event.providerEventId),
    providerType: word(event.providerType),
    tags: event.tags.map((tag) => withoutPerson(tag, address)),
  };
}

function hashedEdit(pepper: Pepper, job: Edit): Edit {
  const { tenant, atCommit } = job;
  const hashed = ({ acts, audit }: Pick<Edit, 'acts' | 'audit'>) => ({
    acts: acts.map((done) => ({
      ...done,
      address: pepper.nameOf(tenant, done.address),
      act: hashedAct(done.act, done.address),
    })),
    audit: audit === null ? null : hashedNote(pepper, audit),
  });
  const edit = { ...job, ...hashed(job) };
  if (atCommit === undefined) return edit;
  return {
    ...edit,
    atCommit: (of, policy) =>
      hashed(
        atCommit((address) => {
          const known = of(pepper.nameOf(tenant, address));
          return { ...known, entries: known.entries.map((row) => ({ ...row, address })) };
        }, policy),
      ),
  };
}

function hashedAct(act: Act, address: string): Act {
  const said = <Text extends string | null>(text: Text) =>
    (text === null ? null : withoutPerson(text, address)) as Text;
  switch (act.kind) {
    case 'block':
    case 'allow':
      return { ...act, note: said(act.note) };
    case 'import': {
      const { cause } = act;
      return {
        ...act,
        note: said(act.note),
        cause: cause === null ? null : { ...cause, smtp: { ...cause.smtp, text: said(cause.smtp.text) } },
      };
    }
    case 'release': {
      const { evidence } = act;
      return {
        ...act,
        why: said(act.why),
        evidence: evidence === null ? null : { ...evidence, text: said(evidence.text) },
      };
    }
    case 'written':
      return { ...act, why: said(act.why) };
    case 'hold':
    case 'undo':
      return act;
  }
}

/** What people say in it. */
const SAID = new Set(['note', 'why', 'text']);

function hashedNote({ nameOf }: Pepper, note: AuditNote): AuditNote {
  const { tenant, subject } = note;
  const isAddress = /.@/.test(subject);
  const clean = (text: string, key: string): string =>
    isAddress && SAID.has(key)
      ? withoutPerson(text, subject)
      : withoutAddresses(isAddress ? withoutAddress(text, subject, '<address>') : text);
  return {
    ...note,
    subject: isAddress ? nameOf(tenant, subject) : subject,
    detail: eachText(note.detail, clean) as AuditNote['detail'],
  };
}

/** Texts in JSON, with the names they go by. */
function eachText(value: unknown, clean: (text: string, key: string) => string, key = ''): unknown {
  if (typeof value === 'string') return clean(value, key);
  if (Array.isArray(value)) return value.map((one) => eachText(one, clean, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, eachText(one, clean, name)]));
}

/** By the addresses that whoever changed them has named. */
function asGiven(
  pepper: Pepper,
  { tenant, acts }: Edit,
  changed: EditResult['changed'],
): EditResult['changed'] {
  const given = new Map(acts.map(({ address }) => [pepper.nameOf(tenant, address), address]));
  return changed.map(({ before, after }) => {
    const address = given.get(after.address) ?? after.address;
    return { before: before === null ? null : { ...before, address }, after: { ...after, address } };
  });
}
