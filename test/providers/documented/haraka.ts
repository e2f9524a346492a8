import { type Documented, each } from './documented.ts';

const report = (hook: string, address: string) => ({ hook, recipients: [{ address }] });

export const haraka: Documented = {
  page: 'https://haraka.github.io/core/Outbound',
  labels: each(['delivered', 'deferred', 'bounce'], report),
  novelty: ['novelty', (to) => report('novelty', to)],
};
