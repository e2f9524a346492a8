/** The place where SNS keeps its signing certificates hangs, or its name cannot be resolved. */
import { createServer } from 'node:https';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { signedSnsRequest, testCertificatePem } from '../../src/samples/sns.ts';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { authority } from './certificates.ts';
import { type Fault, newSite } from './fault.ts';
import { startLoad } from './load.ts';
import { listening, makeNetwork, silent } from './network.ts';
import { compare } from './oracle.ts';
import { api, pause, type Running } from './server.ts';

const HOST = new URL(testCertificateUrl).hostname;
const ADDRESS = '93.184.215.9';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-faults';
/** A fetch may take three seconds, on a machine that does other things as well; SNS waits for fifteen. */
const ANSWER_WITHIN = 8_000;
const AT_ONCE = 2;

const certificate = (number: number): string =>
  `https://${HOST}/SimpleNotificationService-${String(number).padStart(32, '0')}.pem`;

type Signed = Awaited<ReturnType<typeof signedSnsRequest>>;

/** About `sns<number>@example.com`. */
function complaint(number: number, certificateUrl: string): Promise<Signed> {
  const message = {
    notificationType: 'Complaint',
    mail: { messageId: `m${number}`, timestamp: new Date().toISOString() },
    complaint: {
      feedbackId: `f${number}`,
      timestamp: new Date().toISOString(),
      complainedRecipients: [{ emailAddress: `sns${number}@example.com` }],
    },
  };
  return signedSnsRequest(
    {
      Type: 'Notification',
      MessageId: crypto.randomUUID(),
      TopicArn: TOPIC,
      Message: JSON.stringify(message),
      Timestamp: new Date().toISOString(),
    },
    certificateUrl,
  );
}

async function send(server: Running, path: string, { headers, body }: Signed): Promise<number> {
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(1.2 * ANSWER_WITHIN),
  }).catch(() => null);
  return answer?.status ?? 0;
}

const notify = async (
  server: Running,
  path: string,
  number: number,
  certificateUrl: string,
): Promise<number> => send(server, path, await complaint(number, certificateUrl));

export const certificatesHang: Fault = {
  id: 'F28',
  title: 'the place of the signing certificates hangs, then its name is gone',
  needs: ['openssl'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.waitsForCertificates.title, mutant: mutants.waitsForCertificates, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const network = makeNetwork(folder);
      const own = authority(folder);
      const hanging = await silent();
      const serving = await listening(
        createServer(own.sign(HOST), (_request, response) => response.end(testCertificatePem)),
      );
      network.be({ names: { [HOST]: ADDRESS }, routes: { [ADDRESS]: hanging.port } });
      const env = { ...network.env, NODE_EXTRA_CA_CERTS: own.file };
      const { file, path, ledger, server } = await newSite(trial, folder, { env });
      const made = await api<{ url: string }>(server.url, '/v1/sources', {
        provider: 'amazon-ses',
        name: 'sns',
        secrets: { topic_arns: [TOPIC] },
      });
      const sns = new URL(made.url).pathname;
      const problems: string[] = [];
      const requests = await Promise.all(
        Array.from({ length: 40 }, (_, i) => complaint(i, certificate(i % 8))),
      );
      const load = startLoad(server, path, ledger);
      const began = performance.now();
      const refused = await Promise.all(requests.map((request) => send(server, sns, request)));
      const took = performance.now() - began;
      await load.stop();
      if (refused.some((status) => status !== 503))
        problems.push(`answers of ${[...new Set(refused)].join(', ')} where nothing can be verified`);
      if (took > ANSWER_WITHIN) problems.push(`an answer took ${Math.round(took)} ms`);
      if (hanging.connections.most > AT_ONCE)
        problems.push(`${hanging.connections.most} fetches at the same time`);
      if (ledger.slowest > ANSWER_WITHIN) problems.push('what needs no certificate waited, too');
      problems.push(...(await compare(server.url, file, ledger)));

      network.be({ names: { [HOST]: ADDRESS }, routes: { [ADDRESS]: serving.port } });
      await pause(100);
      const mended = await notify(server, sns, 100, certificate(0));
      if (mended !== 200) problems.push(`an answer of ${mended} once the certificate is there`);
      network.be({ names: { [HOST]: null }, routes: {} });
      // A connection that is kept needs no name.
      await serving.close();
      const cached = await notify(server, sns, 101, certificate(0));
      if (cached !== 200) problems.push(`an answer of ${cached} to a certificate that is known, without DNS`);
      const unknown = await notify(server, sns, 102, certificate(1));
      if (unknown !== 503) problems.push(`an answer of ${unknown} to one that is not known, without DNS`);
      const known = [100, 101].map((number) => `sns${number}@example.com`);
      const { results } = await api<{ results: { suppressed: boolean }[] }>(server.url, '/v1/check', {
        addresses: known,
      });
      if (!results.every(({ suppressed }) => suppressed))
        problems.push('a complaint that was taken blocks nobody');
      await server.kill();
      await hanging.close();
      return { problems, ledger, note: `${refused.length} told to come again in ${Math.round(took)} ms` };
    }),
};
