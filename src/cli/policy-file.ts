/** A policy as a file: read, written and compared for the command line. */
import {
  differences as differencesOf,
  type PolicyText,
  policyText,
  type ReadText,
  readPolicyText,
} from '../app/policy-file.ts';
import { usage } from './failure.ts';
import { clean, paint } from './output.ts';

export function read(text: string, file: string): ReadText {
  const document = readPolicyText(text);
  if (document.ok) return document.value;
  const { line, column, detail } = document.error;
  throw usage(`${clean(file)}:${line}:${column}: this is no YAML: ${clean(detail)}`);
}

const head = `# Rules are tried in order, and the first that matches decides. Your own come before the default ones; a rule with
# the id of a default one takes its place. Default rules may be left out: they hold all the same.
#   mailstop policy check FILE    are the rules and cases right?
#   mailstop policy diff FILE     what would change?
#   mailstop policy set FILE      activate it
`;

export const written = (document: PolicyText): string => head + policyText(document);

export const differences = (before: PolicyText, after: PolicyText): string =>
  differencesOf(before, after)
    .map(({ what, gone, come }) =>
      [
        paint('bold', what),
        ...gone.map((line) => paint('red', `- ${clean(line)}`)),
        ...come.map((line) => paint('green', `+ ${clean(line)}`)),
      ].join('\n'),
    )
    .join('\n\n');
