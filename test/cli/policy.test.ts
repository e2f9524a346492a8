/** The policy and what a person decides against it, by the command line, each on a database of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './run.ts';

// Each command is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const commands = () => {
  const place = mkdtempSync(join(folder, 'case-'));
  const env = { MAILSTOP_DATABASE_URL: `file:${join(place, 'a.db')}` };
  const file = (name: string, text: string) => {
    writeFileSync(join(place, name), text);
    return join(place, name);
  };
  const works = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args, { env });
    expect({ args, code, stderr }).toMatchObject({ code: 0 });
    return { stdout, stderr };
  };
  return { file, works, run: (...args: string[]) => run(args, { env }) };
};

const oneRule = `# One rule less strict than the default.
rules:
  - id: dead
    why: We let dead addresses rest for a quarter.
    when: { kind: [bounce, reject], strength: strong }
    then: { do: suppress, for: 90d }
tests:
  - reply: 550 5.1.1 User unknown
    expect: { rule: dead, action: suppress }
`;

describe.concurrent('mailstop policy', () => {
  it('prints what can be set again without a change', async () => {
    const { file, works } = commands();
    const all = file('all.yaml', (await works('policy', 'get')).stdout);
    expect((await works('policy', 'check', all)).stderr).toBe(
      'It holds: 0 rules of its own, 0 cases passed.\n',
    );
    expect((await works('policy', 'diff', all)).stdout).toBe('No difference.\n');
  });

  it('shows what one rule changes, activates it, and goes back', async () => {
    const { file, works } = commands();
    const changed = file('policy.yaml', oneRule);
    expect((await works('policy', 'check', changed)).stderr).toContain('1 rule of its own, 1 case passed');
    const { stdout } = await works('policy', 'diff', changed);
    expect(stdout).toMatch(/^rule dead\n/);
    expect(stdout).toMatch(/^\+ {3}for: 90d$/m);
    await works('policy', 'set', changed, '--dry-run');
    expect((await works('policy', 'versions')).stderr).toContain('never changed');
    expect((await works('policy', 'set', changed)).stderr).toContain('at version 1 now');
    expect((await works('policy', 'get', '--own')).stdout).toContain('We let dead addresses rest');
    expect((await works('explain', '550 5.1.1 User unknown')).stdout).toContain('90 days');
    expect((await works('policy', 'set', '--revision', '0')).stderr).toContain('at version 2 now');
    expect((await works('policy', 'get', '--own')).stdout).not.toContain('quarter');
  });

  it('keeps a changed matrix in what is one’s own', async () => {
    const { file, works } = commands();
    await works('policy', 'set', file('m.yaml', 'matrix: { complaint: [marketing] }\n'));
    const own = (await works('policy', 'get', '--own')).stdout;
    expect(own).toContain('complaint:\n    - marketing\n');
    expect(own).not.toContain('manual');
    expect((await works('policy', 'diff', file('own.yaml', own))).stdout).toBe('No difference.\n');
  });

  it('names the line and the rule of every fault, and stores nothing', async () => {
    const { file, works, run } = commands();
    const wrong = file('wrong.yaml', oneRule.replace('for: 90d', 'for: 90').replace('strong', 'iron'));
    const { code, stderr } = await run('policy', 'set', wrong);
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.yaml:5: rule "dead", when\.strength .*strong, weak, none/);
    expect(stderr).toMatch(/wrong\.yaml:6: rule "dead", then/);
    expect((await works('policy', 'versions')).stderr).toContain('never changed');
  });

  it.each([
    [
      'a case that does not hold',
      oneRule.replace('rule: dead', 'rule: dead-weak'),
      /:9: case 1 expects rule dead-weak, but it is dead/,
    ],
    [
      'a rule that can never match',
      oneRule.replace('tests:', '  - { id: again, why: x, when: { strength: strong }, then: note }\ntests:'),
      /:7: .*"again"/,
    ],
    ['what is no YAML', 'rules: [', /:1:\d+: this is no YAML/],
    ['a text pattern without a bound', oneRule.replace('strength: strong', 'text: "(a+)+$"'), /:5: .*text/],
  ])('refuses %s with its line', async (_what, text, words) => {
    const { file, run } = commands();
    const { code, stderr } = await run('policy', 'check', file('policy.yaml', text));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
  });

  it('refuses a file that is not there, and a change of a version that is no longer in force', async () => {
    const { file, works, run } = commands();
    expect(await run('policy', 'check', 'nowhere.yaml')).toMatchObject({ code: 2 });
    const changed = file('policy.yaml', oneRule);
    await works('policy', 'set', changed);
    const late = await run('policy', 'set', changed, '--if-revision', '0');
    expect(late.code).not.toBe(0);
    expect(late.stderr).toMatch(/version 1/);
  });
});

describe.concurrent('a release by selection', () => {
  it.each([['--reasons', 'soft-bounce'], ['--stream', 'news'], ['--allowance']])(
    'refuses %s, which speaks of one address',
    async (...option) => {
      const { works, run } = commands();
      await works('add', 'ann@x.test', '--reason', 'hard-bounce');
      const { code, stderr } = await run('release', '--domain', 'x.test', '--why', 'a test', ...option);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(`${option[0]} needs an address`),
      });
      expect((await run('check', 'ann@x.test')).code).toBe(3);
    },
  );
});

describe.concurrent('an allow entry', () => {
  it('lets mail through whatever bounces until its day, and ends when it is taken back', async () => {
    const { works, run } = commands();
    await works('add', 'ann@example.com', '--reason', 'hard-bounce');
    expect((await run('check', 'ann@example.com')).code).toBe(3);
    await works('add', 'ann@example.com', '--allow', '--note', 'asked us to');
    expect((await run('check', 'ann@example.com')).code).toBe(0);
    expect((await works('list', '--allowed')).stdout).toMatch(/^ann@example\.com /m);
    expect((await works('why', 'ann@example.com')).stdout).toMatch(
      /^ann@example\.com may be sent to\.\n[\s\S]*Somebody answers for ann@example\.com until/,
    );
    await works('release', 'ann@example.com', '--allowance', '--why', 'a mistake');
    expect((await run('check', 'ann@example.com')).code).toBe(3);
  });

  it('does not let mail through a complaint', async () => {
    const { works, run } = commands();
    await works('add', 'ann@example.com', '--reason', 'complaint');
    await works('add', 'ann@example.com', '--allow', '--note', 'asked us to');
    expect((await run('check', 'ann@example.com')).code).toBe(3);
  });
});

describe('a simulation', () => {
  it('says what a policy would have made of the list, and changes nothing', async () => {
    const { file, works, run: tried } = commands();
    await works(
      'import',
      file('list.csv', 'address,reason,text\nann@example.com,bounce,550 5.1.1 User unknown\n'),
    );
    const policy = file('policy.yaml', oneRule);
    const { stdout, stderr } = await works('policy', 'simulate', policy, '--since', '90d');
    expect(stdout + stderr).toContain('0 suppressed more, 0 released, 0 changed');
    expect(stderr).toContain('Nothing was changed.');
    expect(JSON.parse((await works('policy', 'simulate', policy, '--json')).stdout)).toMatchObject({
      addresses: 0,
      next_cursor: null,
    });
    const wrong = await tried('policy', 'simulate', file('wrong.yaml', 'rules:\n  - id: x\n'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/wrong\.yaml:2/);
  });
});
