/** A certificate authority for a trial, made by openssl. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyAndCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export interface Authority {
  /** Its own certificate: what is signed by it is trusted by whoever knows this. */
  readonly file: string;
  sign(host: string, how?: { readonly isExpired?: boolean }): KeyAndCertificate;
  selfSigned(host: string): KeyAndCertificate;
}

export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

export function authority(parent: string): Authority {
  const folder = join(parent, 'certificates');
  mkdirSync(folder);
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8', cwd: folder });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const read = (name: string): KeyAndCertificate => ({
    key: readFileSync(at(`${name}.key`)),
    cert: readFileSync(at(`${name}.pem`)),
  });
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/CN=Trial');
  writeFileSync(at('index.txt'), '');
  writeFileSync(at('index.txt.attr'), 'unique_subject = no\n');
  let made = 0;
  return {
    file: at('ca.pem'),
    sign(host, { isExpired = false } = {}) {
      const name = `${host}-${made++}`;
      openssl('req', '-new', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`);
      writeFileSync(
        at(`${name}.cnf`),
        `[ca]\ndefault_ca = ours\n[ours]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]\nsubjectAltName = DNS:${host}\n`,
      );
      const dates = isExpired
        ? ['20200101000000Z', '20210101000000Z']
        : ['20200101000000Z', '20490101000000Z'];
      openssl(
        ...['ca', '-batch', '-notext', '-config', `${name}.cnf`, '-cert', 'ca.pem', '-keyfile', 'ca.key'],
        ...[
          '-in',
          `${name}.csr`,
          '-out',
          `${name}.pem`,
          '-startdate',
          dates[0] as string,
          '-enddate',
          dates[1] as string,
        ],
      );
      return read(name);
    },
    selfSigned(host) {
      const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
      openssl(
        'req',
        '-x509',
        ...key,
        '-keyout',
        `${host}.key`,
        '-out',
        `${host}.pem`,
        '-days',
        '30',
        ...subject,
      );
      return read(host);
    },
  };
}
