/** Making a source. */
import { currentPolicy } from '../../http/policy-edits.ts';
import { closedSecrets } from '../../http/source-rules.ts';
import type { ProviderAdapter } from '../../providers/adapter.ts';
import { providerOf, providers } from '../../providers/registry.ts';
import { ask } from '../ask.ts';
import { ChooseProvider, Made, NewSource } from '../pages/source-new.tsx';
import { problemWords } from '../problem-words.ts';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

export const newSource: Render = async (visit) => {
  const { caller, request } = visit;
  const query = queryOf(request);
  const given = query.get('provider');
  const adapter = given === null ? null : providerOf(given);
  if (adapter !== null) return newPage(visit, adapter, startOf(visit, adapter), []);
  const q = (query.get('q') ?? '').trim();
  const fits = ({ id, name }: ProviderAdapter) => `${id} ${name}`.toLowerCase().includes(q.toLowerCase());
  return page(
    <ChooseProvider
      caller={caller}
      q={q}
      found={providers.filter(fits)}
      problem={given === null ? null : `There is no provider “${given}”; choose one of these.`}
    />,
    given === null ? 200 : 404,
  );
};

const startOf = ({ services, request }: Visit, { name, needs }: ProviderAdapter): URLSearchParams => {
  const origin = services.settings.publicUrl ?? new URL(request.url).origin;
  return new URLSearchParams({
    name,
    ...(needs.publicUrl === true ? { public_url: `${origin}/webhooks/{id}` } : {}),
  });
};

async function newPage(
  { services, caller }: Visit,
  adapter: ProviderAdapter,
  form: URLSearchParams,
  problems: readonly string[],
): Promise<Response> {
  const streams = Object.keys((await currentPolicy(services, caller.tenant)).document.streams);
  return page(
    <NewSource caller={caller} adapter={adapter} form={form} problems={problems} streams={streams} />,
    problems.length === 0 ? 200 : 422,
  );
}

export const addSource: Render = async (visit) => {
  const { form, caller, services } = visit;
  const adapter = providerOf(form.get('provider') ?? '');
  if (adapter === null) return null;
  const typed = (name: string) => (form.get(name) ?? '').trim();
  const orAbsent = (name: string) => typed(name) || undefined;
  const unsigned = form.has('allow_unsigned');
  const { secrets, made } = secretsOf(adapter, form, services.runtime.randomText);
  const asked = await ask<{ id: string; url: string; name: string }>(visit, 'post', '/v1/sources', {
    json: {
      provider: adapter.id,
      name: typed('name'),
      ...(unsigned && secrets === null
        ? {}
        : { secrets: secrets ?? closedSecrets(services.runtime.randomText) }),
      stream: orAbsent('stream'),
      public_url: orAbsent('public_url'),
      trust: orAbsent('trust'),
      allow_unsigned: unsigned,
      require_sha256: form.has('require_sha256'),
    },
  });
  if (!asked.ok) return newPage(visit, adapter, form, problemWords(asked.problem));
  if (made === null) return seeOther(`/sources/${asked.body.id}`);
  return page(<Made caller={caller} adapter={adapter} source={asked.body} secret={made} />, 201);
};

/** `secrets` null: none were given, and none is to be made. */
function secretsOf(
  { needs: { proof } }: ProviderAdapter,
  form: URLSearchParams,
  randomText: (length: number) => string,
): { readonly secrets: object | null; readonly made: string | null } {
  const text = (form.get('keys') ?? '').trim();
  const username = (form.get('username') ?? '').trim();
  const basic = username === '' ? {} : { basic_auth: [{ username, password: form.get('password') ?? '' }] };
  if (proof === 'topics' && text !== '')
    return { secrets: { topic_arns: text.split(/\s+/), ...basic }, made: null };
  if (text !== '') return { secrets: { keys: [text], ...basic }, made: null };
  if (username !== '' || form.has('allow_unsigned'))
    return { secrets: username === '' ? null : basic, made: null };
  // Ours to choose, so that nobody has to think one up.
  if (proof === 'shared') {
    const made = randomText(43);
    return { secrets: { keys: [made] }, made };
  }
  return { secrets: proof === 'topics' ? {} : null, made: null };
}
