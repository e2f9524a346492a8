/** Which message a fact is about. */

/** A provider names a message by its own id, by the Message-ID of RFC 5322, or by both. */
export interface MessageRef {
  readonly messageId: string | null;
  readonly rfcMessageId: string | null;
}

/** Every name, without the angle brackets that some write and some leave out. */
export const namesOf = ({ messageId, rfcMessageId }: MessageRef): string[] =>
  [messageId, rfcMessageId].flatMap((name) => (name === null ? [] : [name.replace(/^<|>$/g, '')]));

/** Where a message is not named it is taken for another one: that errs towards sending. */
export const isAmong = (message: MessageRef, names: ReadonlySet<string>): boolean =>
  namesOf(message).some((name) => names.has(name));

export const isSameMessage = (a: MessageRef, b: MessageRef): boolean => isAmong(a, new Set(namesOf(b)));
