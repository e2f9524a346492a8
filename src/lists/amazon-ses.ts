/** The account's list of Amazon SES in one region. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListSuppressedDestinations.html */
import { AwsV4Signer } from 'aws4fetch';
import {
  type Asked,
  field,
  type Given,
  isConsent,
  itemsOf,
  orNull,
  type ProviderList,
  textField,
} from './list.ts';

const PAGE = 1_000;

async function signed({ key, of }: Given, method: string, url: string, json?: unknown): Promise<Asked> {
  const [accessKeyId = '', secretAccessKey = ''] = key.split(':');
  const signer = new AwsV4Signer({
    method,
    url,
    ...(json === undefined
      ? {}
      : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    accessKeyId,
    secretAccessKey,
    service: 'ses',
    region: of ?? '',
  });
  const { url: target, headers } = await signer.sign();
  return { method, url: target.href, headers: Object.fromEntries(headers), json };
}

const baseOf = ({ of, url }: Given): string =>
  `${url ?? `https://email.${of}.amazonaws.com`}/v2/email/suppression/addresses`;

export const amazonSesList: ProviderList = {
  of: 'the region, such as eu-west-1; the key is "access key id:secret access key"',
  needsOf: true,
  async *pages(ask, given) {
    for (let token = ''; ; ) {
      const more = token === '' ? '' : `&NextToken=${encodeURIComponent(token)}`;
      const answer = await ask(await signed(given, 'GET', `${baseOf(given)}?PageSize=${PAGE}${more}`));
      yield itemsOf(field(answer, 'SuppressedDestinationSummaries'));
      const next = textField(answer, 'NextToken');
      if (next === null) return;
      token = next;
    }
  },
  async remove(ask, given, address) {
    await ask(await signed(given, 'DELETE', `${baseOf(given)}/${encodeURIComponent(address)}`));
  },
  write: {
    // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutSuppressedDestination.html
    atOnce: 1,
    async add(ask, given, rows) {
      for (const { address, reason } of rows) {
        const json = { EmailAddress: address, Reason: isConsent(reason) ? 'COMPLAINT' : 'BOUNCE' };
        await ask(await signed(given, 'PUT', baseOf(given), json));
      }
      return [];
    },
    async lift(ask, given, address) {
      const one = `${baseOf(given)}/${encodeURIComponent(address)}`;
      const found = field(await orNull(ask(await signed(given, 'GET', one))), 'SuppressedDestination');
      if (textField(found, 'Reason') === 'BOUNCE') await ask(await signed(given, 'DELETE', one));
    },
  },
};
