/**
 * A server built with one deliberate fault in it: the negative control of a fault test, which must find it. The text
 * to be replaced must be there exactly once, so that a control cannot go stale unseen.
 */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/build.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Mutant {
  /** What is wrong with it, in a few words. */
  readonly title: string;
  /** Below src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The server as it is shipped. */
export const shipped = join(project, 'dist/cli/main.js');

/** Path of the main file of a build with these mistakes in it. */
export async function build(folder: string, ...mistakes: readonly Mutant[]): Promise<string> {
  const copy = mkdtempSync(join(folder, 'mutant-'));
  for (const part of ['src', 'migrations', 'package.json', 'tsconfig.json'])
    cpSync(join(project, part), join(copy, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, from, to } of mistakes) {
    const path = join(copy, 'src', file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2)
      throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times`);
    writeFileSync(path, parts.join(to));
  }
  await bundle(copy);
  return join(copy, 'dist/cli/main.js');
}

const answered = `{ type: 'intake', counts: { accepted: job.events.length, duplicates: 0, ignored: job.ignored.length, quarantined: job.unreadable.length } }`;
const submit = 'const result = await submitOrHold(committer, runtime, job);';

export const mutants = {
  answersFirst: {
    title: 'commit moved after the answer',
    file: 'app/ingest.ts',
    from: submit,
    to: `committer.submit(job).catch(() => {}); const result = ${answered};`,
  },
  answersAnyway: {
    title: 'a failed commit answered with 200',
    file: 'app/ingest.ts',
    from: submit,
    to: `const result = await committer.submit(job).catch(() => (${answered}));`,
  },
  diesAfterCommit: {
    title: 'killed between commit and answer',
    file: 'app/ingest.ts',
    from: submit,
    to: `${submit} process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`,
  },
  syncsSeldom: {
    title: 'synchronous=NORMAL',
    file: 'store/sqlite.ts',
    from: 'synchronous = FULL',
    to: 'synchronous = NORMAL',
  },
  waitsForLocks: {
    title: 'busy_timeout=5000',
    file: 'store/sqlite.ts',
    from: 'busy_timeout = 250',
    to: 'busy_timeout = 5000',
  },
  livesOn: {
    title: 'a failed fsync taken for a passing trouble',
    file: 'store/sqlite-writer.ts',
    from: 'boolean => /^SQLITE_IOERR_',
    to: 'boolean => /^NOTHING_',
  },
  believesAll: {
    title: 'verification off',
    file: 'app/origin.ts',
    from: '  if (row.allow_unsigned === 1) return ok({});',
    to: '  return ok({});',
  },
  takesAll: {
    title: 'no limit of requests at once',
    file: 'http/webhooks.ts',
    from: 'if (room.requests >= intakeLimits.requests)',
    to: 'if (false)',
  },
  knowsNothingAgain: {
    title: 'a redelivery taken for something new',
    file: 'app/ingest.ts',
    from: 'digest: digestOf(identityOf(event.value, item.event.at)),',
    to: 'digest: digestOf(id),',
  },
  fillsIn: {
    title: 'a body that broke off taken for whole',
    file: 'http/body.ts',
    from: 'new Uint8Array(await request.arrayBuffer())',
    to: `new Uint8Array(await request.arrayBuffer().catch(() => new TextEncoder().encode('{"recipient":"ghost@example.com","event":"complaint","id":"event-0"}')))`,
  },
  brokenIsTaken: {
    title: 'a connection that broke off taken for an answer',
    file: 'outbound.ts',
    from: "request.on('error', () => end(null));",
    to: "request.on('error', () => end({ status: 200, retryAfter: null, text: '' }));",
  },
  vetsNobody: {
    title: 'addresses of this machine taken for public ones',
    file: 'outbound.ts',
    from: "isIP(address) !== 0 && !denyList.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')",
    to: 'true',
  },
  trustsAnyone: {
    title: 'rejectUnauthorized: false',
    file: 'outbound.ts',
    from: 'agent: false,',
    to: 'agent: false, rejectUnauthorized: false,',
  },
  waitsForCertificates: {
    title: 'a certificate is waited for for 30 s',
    file: 'app/certificates.ts',
    from: 'timeout: 3 * SECOND',
    to: 'timeout: 30 * SECOND',
  },
  keepsHalf: {
    title: 'what a failed backup wrote is left there',
    file: 'database-file.ts',
    from: '    throw startError(error, to);\n  } finally {\n    removeDraft(draft);',
    to: '    throw startError(error, to);\n  } finally {',
  },
  throwsAtPoison: {
    title: 'the parser throws at one request',
    file: 'app/ingest.ts',
    from: 'const parsed = await source.adapter.parse(request);',
    to: "if (new TextDecoder().decode(request.body).includes('event-poison')) throw new TypeError('poison'); const parsed = await source.adapter.parse(request);",
  },
  letsThrow: {
    title: 'what a parser throws is not caught',
    file: 'app/ingest.ts',
    from: '  } catch (error) {\n    return whole(',
    to: '  } catch (error) {\n    throw error;\n    return whole(',
  },
  diesOfItsLog: {
    title: 'an error of the log ends the server',
    file: 'cli/log-output.ts',
    from: 'isGone = true;',
    to: "throw new Error('no log');",
  },
  diesOfItsFullLog: {
    title: 'a log file on a full disk ends the server',
    file: 'cli/log-output.ts',
    from: 'isBroken ||= rest.length < whole.length;',
    to: "throw new Error('no log');",
  },
  pullsLess: {
    title: 'a provider’s list read without its first entry',
    file: 'lists/postmark.ts',
    from: "yield itemsOf(field(answer, 'Suppressions'));",
    to: "yield itemsOf(field(answer, 'Suppressions')).slice(1);",
  },
} as const satisfies Record<string, Mutant>;
