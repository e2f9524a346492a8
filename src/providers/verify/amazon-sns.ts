/** Amazon's own SNS. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
import type { SnsService, Topic } from './sns.ts';

const topicArn = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+){1,2}-\d{1,2}):\d{12}:[\w-]{1,256}$/;

export const amazonSns: SnsService = {
  readTopic(arn): Topic | null {
    const [, partition, region] = (typeof arn === 'string' && topicArn.exec(arn)) || [];
    if (typeof arn !== 'string' || partition === undefined || region === undefined) return null;
    if ((partition === 'aws-cn') !== region.startsWith('cn-')) return null;
    return { arn, region, host: `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}` };
  },
  /** AWS's own pattern `sns.[a-zA-Z0-9-]{3,}` also takes `sns.s3-us-west-2.amazonaws.com`, which is somebody's bucket. */
  certificateStart: ({ host }) => `https://${host}/SimpleNotificationService-`,
  certificateName: /^[0-9a-f]{32}\.pem$/,
  /** As AWS's SDK for Java 2 lists them in `SnsHostProvider`. */
  signerNames(region) {
    if (region.startsWith('cn-')) return [`sns-${region}.amazonaws.com.cn`, 'sns.amazonaws.com'];
    if (region.startsWith('us-gov-')) return ['sns-us-gov-west-1.amazonaws.com', 'sns.amazonaws.com'];
    return ['sns.amazonaws.com', `sns-signing.${region}.amazonaws.com`];
  },
  sha1Advice:
    'This topic still signs with SHA-1. Switch it: aws sns set-topic-attributes --topic-arn <arn> --attribute-name SignatureVersion --attribute-value 2',
};
