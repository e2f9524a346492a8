/** Every receiver whose replies have rules of their own, once. Where several gates open, the order is this. */
import type { Receiver } from '../rule.ts';
import { apple } from './apple.ts';

export const receivers: readonly Receiver[] = [apple];
