/** Sends a mail over SMTP. The only place that knows nodemailer, which is loaded with the first mail. */
import type { SendMail } from '../app/alerts.ts';
import { SECOND } from '../core/time.ts';

export const smtpLimits = { connect: 10 * SECOND, greeting: 10 * SECOND, silence: 30 * SECOND } as const;

export const smtpSender =
  (url: string, from: string): SendMail =>
  async (mail) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(transportOf(url));
    try {
      // RFC 3834: no holiday notice answers it.
      const headers = { 'Auto-Submitted': 'auto-generated' };
      return (await transport.sendMail({ ...mail, from, headers })).response;
    } finally {
      transport.close();
    }
  };

/**
 * Certificates must hold wherever there is TLS, and a password goes nowhere without it. On this machine nobody is
 * between, and a mail server's certificate is not made for "localhost".
 */
export function transportOf(text: string) {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'smtps:';
  const isHere = host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
  const hasPassword = url.username !== '';
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && hasPassword && !isHere,
    ignoreTLS: !secure && isHere,
    connectionTimeout: smtpLimits.connect,
    greetingTimeout: smtpLimits.greeting,
    socketTimeout: smtpLimits.silence,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(hasPassword
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
  };
}
