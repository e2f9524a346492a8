/** Where a notice ends and the message that it returns begins. */
import { type Fields, noFields, readFieldGroups } from './fields.ts';
import { oneOf } from './phrases.ts';

export interface Split {
  /** What the reporter says. */
  readonly notice: string;
  /** The head of the returned message, or of what is left of it. */
  readonly original: Fields;
}

/**
 * What stands alone on the line before: qmail, Exim, Sendmail, OpenSMTPD, DragonFly, Gmail, Courier, Notes, IMail,
 * 1&1, MMSCs and many more say it in words of their own, and all with a word for the message and one for its place.
 */
const markers = new RegExp(
  String.raw`^[ \t>*=_#-]{0,80}(?:${
    oneOf(
      /(?:this |here |below |enclosed |attached |following )?(?:line )?is (?:a |the )(?:copy|header)/,
      /below this line|(?:a )?copy of (?:your|the) (?:original )?message/,
      /(?:start|beginning|begin) of (?:the )?(?:returned|original|your)/,
      /(?:исходное|оригинальное) (?:письмо|сообщение)|ursprüngliche nachricht/,
      /(?:the )?(?:headers? (?:of|from) )?(?:the |your )?(?:original|unsent|return(?:ed|ing)|undeliver(?:ed|able)|rejected|bounced|failed|forwarded|received)(?: e?-?mail)? ?(?:message|mail|text|headers?)\b(?:[ \t]{0,3}(?:headers?|text|contents?|information|body|follow(?:s|ing)?|attached|below|is|are|of|from|the|message|received|sent|included|returned|begins?)){0,6}[ \t]{0,3}[.:*=_#<-]{0,80}[ \t]*$/,
      /message (?:headers?|text|contents?)(?: (?:follows?|below))?[ \t]{0,3}[.:*=_#-]{0,80}[ \t]*$/,
    ).source
  })`,
  'im',
);

/** Fields that only the head of a message has. */
const head = /^(?:return-path|received|dkim-signature|arc-seal|x-envelope-from|message-id|mime-version):/im;

export function splitNotice(text: string): Split {
  const marked = markers.exec(text);
  const headed = firstHead(text);
  const at = Math.min(marked?.index ?? text.length, headed ?? text.length);
  if (at === text.length) return { notice: text, original: noFields };
  const rest = at === headed ? text.slice(at) : text.slice(at).replace(/^[^\n]*\n?/, '');
  return { notice: text.slice(0, at), original: readFieldGroups(rest.slice(0, 65_536))[0] ?? noFields };
}

/** The first of three lines on end that are header fields, one of them of a kind that notices do not print. */
function firstHead(text: string): number | null {
  if (!head.test(text)) return null;
  let start = -1;
  let fields = 0;
  let isHead = false;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at);
    const end = next === -1 ? text.length : next;
    const line = text.slice(at, Math.min(end, at + 200));
    if (/^[A-Za-z][\w-]{1,40}:(?!\/\/)/.test(line)) {
      if (fields === 0) start = at;
      fields += 1;
      isHead ||= head.test(line);
    } else if (fields === 0 || !/^[ \t]+\S/.test(line)) {
      fields = 0;
      isHead = false;
    }
    if (fields >= 3 && isHead) return start;
    at = end + 1;
  }
  return null;
}
