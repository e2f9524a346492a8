/**
 * Messages of Amazon SQS, as whoever takes them from a queue posts them on: one, a list, the answer to ReceiveMessage,
 * or the event of a Lambda function.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
import type { Json } from './item.ts';
import { isRecord, textOf } from './json.ts';

export interface SqsMessage {
  /** The same in all redeliveries. */
  readonly id: string | null;
  readonly body: string;
}

/** Null where it is nothing of SQS. A message without a body has an empty one. */
export function sqsMessages(value: unknown): readonly SqsMessage[] | null {
  const list = isRecord(value) ? (value.Messages ?? value.Records ?? [value]) : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isMessage)) return null;
  return list.map((message) => ({
    id: textOf(message.MessageId) ?? textOf(message.messageId),
    body: textOf(message.Body) ?? textOf(message.body) ?? '',
  }));
}

const isMessage = (value: unknown): value is Json =>
  isRecord(value) &&
  ('ReceiptHandle' in value || 'receiptHandle' in value || value.eventSource === 'aws:sqs');
