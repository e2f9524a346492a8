/**
 * Signs SNS envelopes with a key that everybody has: the certificate below is self-signed, says so in its subject,
 * and proves nothing to anyone who fetches the vendor's. Only a demo server or a test that serves it as the vendor's
 * takes these requests for genuine.
 */
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { readEnvelope, stringToSign } from '../providers/verify/sns.ts';

/** TEST ONLY. CN=sns.amazonaws.com, O="Test only - not Amazon", 2020 to 2120. */
export const testCertificatePem = `-----BEGIN CERTIFICATE-----
MIIDRDCCAiygAwIBAgIBATANBgkqhkiG9w0BAQsFADA9MRowGAYDVQQDDBFzbnMu
YW1hem9uYXdzLmNvbTEfMB0GA1UECgwWVGVzdCBvbmx5IC0gbm90IEFtYXpvbjAg
Fw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowPTEaMBgGA1UEAwwRc25z
LmFtYXpvbmF3cy5jb20xHzAdBgNVBAoMFlRlc3Qgb25seSAtIG5vdCBBbWF6b24w
ggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDGmVeIGrZBsNqVC9ffveo+
0PR7YYV3SzKzku52HAXZamGkH9O6dFHyJcHwRmP8Voe2ZxJEV39jNj4PuidyPQur
2l3d7qrRcib/hnmWnjKKQOn21g1I0g/mNsApkcVadKoBkNivzoUfKf21VXD1rxdY
f+miu+PznJq1X7HMKb+LHnND1DxXHD9LOI5/zDfz89ILMTauMLpcHTGSsH9BgFjt
5Owsk/LfZ5fbX8hq3aPSZvo2zmB6gVsD7Brv3ptbGobDaKxnaWQxNnwAkaPoAhsN
zeVqaNNaQ3XJ77/ruRu6dyYMgTc3r5vD8XZmRb5QT7D4n95UZrZwyFtol3tz5Qxn
AgMBAAGjTTBLMAwGA1UdEwEB/wQCMAAwHAYDVR0RBBUwE4IRc25zLmFtYXpvbmF3
cy5jb20wHQYDVR0OBBYEFG7Fa45z8yzKONwsiEub1FB8Eq32MA0GCSqGSIb3DQEB
CwUAA4IBAQCKKKdmb35UpxSdsZounb+wvC8qWKqMOh+++hu2+NKkNAfkX7y+ZR3w
viB/lHVTV+siU2olH2Zv2QcMwj5Jl14ja7UOHp2X7MERd5OJ1K7nbG5yOTlVKc84
B4ybtkl31U+PRH8DCERnbsulJoiG1M82lInr919wbpDqN0nXq4XkVUsaEvPd3y+D
lUX4LXRbClDhklwGPa/rB0bGtLxOslvSePsIqxBeIuVCPVvjJSezApzeMpImZVwE
WmkGGUOuffFHKpiJRNCEmtulVmMN93dTaXH+pNmOB3W8/OlNwZXWJ+7+GMCkaCmR
yWrq+8Vf/mz1Fke7IXW9qg/loJ13X59K
-----END CERTIFICATE-----
`;

/** TEST ONLY: published on purpose, protects nothing. PKCS #8. */
const testKey =
  'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDGmVeIGrZBsNqVC9ffveo+0PR7YYV3SzKzku52HAXZamGk' +
  'H9O6dFHyJcHwRmP8Voe2ZxJEV39jNj4PuidyPQur2l3d7qrRcib/hnmWnjKKQOn21g1I0g/mNsApkcVadKoBkNivzoUfKf21' +
  'VXD1rxdYf+miu+PznJq1X7HMKb+LHnND1DxXHD9LOI5/zDfz89ILMTauMLpcHTGSsH9BgFjt5Owsk/LfZ5fbX8hq3aPSZvo2' +
  'zmB6gVsD7Brv3ptbGobDaKxnaWQxNnwAkaPoAhsNzeVqaNNaQ3XJ77/ruRu6dyYMgTc3r5vD8XZmRb5QT7D4n95UZrZwyFto' +
  'l3tz5QxnAgMBAAECggEAFZVCowMBfarNBoJZUp00IOGFQFy9LCrFoX29YU6dqsmElQP0dwCp4Ilj8KCQazMINWAxkbB59/vu' +
  'y2IYDrKTBc6J1v2syMMBeVGm/cxxglRDA6qy75AMtEs3n7eSMsjCVRXlxq1zYDX9turzMhrLjGL9BCIr8s9j14RFMVf0KMJ+' +
  '4xiJuZVsf4tR/2wbO1gBhKnC8ZVx1OcyIBr3sIZDxzhPct25SGNwb1azvXBNoQcyGH3R6Wc4cPp/jcefpjWbE9VfRM23o/46' +
  '/AUer6K3Bho1gZi57G4QoV1XKmiwrgYtkFbpugjIkoCchAWrrIob55a+vFhVPdlpfp6MxH1tUQKBgQD1+B0vQiSFaPUdqEUp' +
  'Hy74peW7c4uREkGyKGTVNvA7wbQ1wvfP8vuQ2SH2pfNF82+rlMUcumVzptP+BSeQnWuhk2SEMhj6Wtv4ZraNp4zbFERljoc9' +
  't+1exWZLWzDLSoo9lYoJr+wCKS0B5QyUm9nKJMGAN6JkFGfEHqxY8oGTHwKBgQDOsrBxqKc786R9+4DHwU2YKJatRg+og+SQ' +
  '/h1ssT7b+mG3E79ImZtPpWg0p/Sk3vjrj4ElG1QKb+gcC1I3tkULQnmUf8DN14hIW4OyBtm5PfDWpRt1XQm+hZw8DwvHkEFp' +
  '3amMyzw3QOQAK2hzg0xGftn1em6+YDYzlLoR/nnluQKBgQDoC4lk4w5XObw8nVmZwMxsUP3ZCNl7I/EMZSUzLKAYj9Y1/dgR' +
  'uxZvARkUelx1+oG4KiKGxqYdJB7MfwpjWM+IX+es+yIrVXo97pB8NLwilg0sjfiyVgk+phWqM75lms2t6ZyPJQMOys+mAPMM' +
  'Y7dkB6bxEgtGRSXblGBdjXKGWwKBgQCHL6lk/Og7trM7znVAsHW+cbVyqGLvVSv1hK3b++Tf3Ndx9NFje0twAP+xiLPh7Q8i' +
  'iZ3ulfwWQ3Csft8MHwLzRUvdStzgA/pXULtGgWJ+3DsbN6tIzEvmNt6jDTgoEnol8lrFAdtlS+STE9Dh09rcNHT7L1Mk4iow' +
  '/DHiOOyiyQKBgCdfPuapVDDU2idVQklgt23/rxA3Mm4wXlDK2e1R85YEvTRyu4sc2Uh9SDzYu6pWUe0iKJ/Brg9IwgY09Raf' +
  'VvTzK/J/NhEYpaB1kUEyyg67VZu+wfo0Sw5GSgxSg1XjgQi2T2/JXfbsSIuuuWKq8v1FpJjeTjmOmnV4P4hbGhoG';

/** Completes and signs an SNS envelope of any type; `version` is the topic's SignatureVersion. */
export async function signedSnsRequest(
  envelope: Readonly<Record<string, string>>,
  certificateUrl: string,
  version: '1' | '2' = '2',
): Promise<{ headers: Record<string, string>; body: string }> {
  const read = readEnvelope(utf8(JSON.stringify(envelope)));
  if (!read.ok) throw new Error(`not an SNS envelope: ${read.error}`);
  return {
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': read.value.type,
      'x-amz-sns-message-id': envelope.MessageId ?? '',
      'x-amz-sns-topic-arn': envelope.TopicArn ?? '',
    },
    body: JSON.stringify({
      ...envelope,
      SignatureVersion: version,
      Signature: await signSns(stringToSign(read.value), version),
      SigningCertURL: certificateUrl,
    }),
  };
}

/** Base64 of the test key's signature. */
export async function signSns(text: string, version: '1' | '2'): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: version === '1' ? 'SHA-1' : 'SHA-256' };
  const pkcs8 = fromBase64(testKey) ?? new Uint8Array();
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  return toBase64(new Uint8Array(await crypto.subtle.sign(algorithm.name, key, utf8(text))));
}
