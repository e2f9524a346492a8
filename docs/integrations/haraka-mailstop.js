'use strict';
/*
 * Haraka plugin: tells Mailstop what became of outbound mail. Needs Node 18 or newer.
 *
 * 1. Copy this file to plugins/mailstop.js in your Haraka folder, and add a line "mailstop" to config/plugins.
 * 2. Write config/mailstop.ini, and restart Haraka:
 *
 *      url = https://mailstop.example.org/webhooks/haraka_…
 *      key = the secret of the source
 *
 * It never holds up or changes mail. A report that Mailstop does not take is sent again for an hour; it is kept in
 * memory only, so one that waits while Haraka stops is lost, and logged.
 */

const RETRY_SECONDS = [5, 30, 120, 600, 3000];

exports.register = function () {
  const { url, key } = this.config.get('mailstop.ini').main;
  if (!url || !key) throw new Error('mailstop.ini needs url and key');
  this.mailstop = { url, key };
  this.register_hook('bounce', 'on_bounce');
  this.register_hook('deferred', 'on_deferred');
  this.register_hook('delivered', 'on_delivered');
};

exports.on_bounce = function (next, hmail, error) {
  this.report('bounce', hmail, error.bounced_rcpt || hmail.todo.rcpt_to, error.message);
  next();
};

exports.on_deferred = function (next, hmail, params) {
  // Newer versions say which recipients (haraka/Haraka#3505). The message is split before, so that all are meant.
  this.report('deferred', hmail, params.fail_recips || hmail.todo.rcpt_to, params.err);
  next();
};

exports.on_delivered = function (next, hmail, params) {
  const [, , response, , , , recipients] = params;
  this.report('delivered', hmail, recipients, response);
  next();
};

exports.report = function (hook, hmail, recipients, words) {
  const { todo, num_failures: attempts } = hmail;
  const body = JSON.stringify({
    hook,
    id: todo.uuid,
    attempts,
    at: new Date().toISOString(),
    queued_at: new Date(todo.queue_time).toISOString(),
    words: words === undefined || words === null ? null : String(words),
    recipients: recipients.map((recipient) => (hook === 'delivered' ? addressOf(recipient) : replyOf(recipient))),
  });
  this.post(body, 0);
};

exports.post = async function (body, attempt) {
  const { url, key } = this.mailstop;
  let answer;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mailstop-key': key },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    if (response.status === 200) return;
    answer = `answered ${response.status}`;
  } catch (error) {
    answer = `cannot be reached: ${error.message}`;
  }
  const seconds = RETRY_SECONDS[attempt];
  if (seconds === undefined) return this.logerror(`mailstop ${answer}; gave up on a report`);
  this.logwarn(`mailstop ${answer}; again in ${seconds} s`);
  setTimeout(() => this.post(body, attempt + 1), seconds * 1000).unref();
};

// `address` is a method of older address objects, and a property of newer ones.
const addressOf = ({ address, user, host }) =>
  ({ address: typeof address === 'string' ? address : `${user}@${host}` });

// dsn_smtp_* is the server's own reply, dsn_* what Haraka says where no server replied.
const replyOf = (recipient) => ({
  ...addressOf(recipient),
  code: recipient.dsn_smtp_code || recipient.dsn_code || null,
  enhanced: recipient.dsn_smtp_code ? recipient.dsn_smtp_extc || null : recipient.dsn_status || null,
  text: recipient.dsn_smtp_response || recipient.dsn_msg || recipient.reason || null,
});
