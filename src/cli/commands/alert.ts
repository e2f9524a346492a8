import type { Command } from 'commander';
import { nodeRuntime } from '../../node-runtime.ts';
import { configOrFail } from '../client.ts';
import { exitCodes, usage } from '../failure.ts';
import { type Column, clean, print, printJson, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Tried {
  readonly to: string;
  readonly sent: boolean;
  readonly answer: string;
}

const columns: readonly Column<Tried>[] = [
  { title: 'TO', value: (row) => row.to },
  {
    title: 'STATE',
    value: (row) => (row.sent ? 'sent' : 'failed'),
    style: (row) => (row.sent ? 'green' : 'red'),
  },
  { title: 'THE SERVER SAID', value: (row) => row.answer },
];

export default function alert(command: Command): void {
  test(command.command('test').summary('sends a mail to each receiver, and shows what the mail server said'));
  command.addHelpText(
    'after',
    `
Environment, the same as of "mailstop serve":
  MAILSTOP_SMTP_URL     smtp://user:password@host:587, or smtps://… for TLS from the start
  MAILSTOP_ALERT_TO     who is mailed to, with commas between
  MAILSTOP_ALERT_FROM   the sender
  MAILSTOP_QUIET_HOURS  22:00-07:00 Europe/Berlin; unset: mail at any hour`,
  );
  examples(command, [['mailstop alert test', 'does mail arrive?']]);
}

function test(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const { alerts, publicUrl } = configOrFail();
    if (alerts === null)
      throw usage('no mail is configured; set MAILSTOP_SMTP_URL, MAILSTOP_ALERT_TO and MAILSTOP_ALERT_FROM');
    const { smtpSender } = await import('../../mail/smtp.ts');
    const send = smtpSender(alerts.smtpUrl, alerts.from);
    const tried: Tried[] = [];
    for (const to of alerts.to) {
      const messageId = `<mailstop.test.${nodeRuntime().randomText(16)}@${alerts.from.slice(alerts.from.lastIndexOf('@') + 1)}>`;
      const text = `This is a test. Alerts of Mailstop${publicUrl === null ? '' : ` at ${publicUrl}`} will come to this address.\n`;
      try {
        tried.push({
          to,
          sent: true,
          answer: await send({ to, messageId, subject: '[Mailstop] A test of alerts', text }),
        });
      } catch (error) {
        tried.push({
          to,
          sent: false,
          answer: clean(error instanceof Error ? error.message : String(error)),
        });
      }
    }
    if (options.json === true) printJson({ tried });
    else print(table(columns, tried));
    if (tried.some(({ sent }) => !sent)) process.exitCode = exitCodes.failed;
  });
}
