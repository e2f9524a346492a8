/** Every page. Loaded when the first one is asked for. */
export * from './routes/address.tsx';
export * from './routes/assets.ts';
export * from './routes/audit.tsx';
export * from './routes/codes.tsx';
export * from './routes/incidents.tsx';
export * from './routes/keys.tsx';
export * from './routes/overview.tsx';
export * from './routes/policy.tsx';
export * from './routes/settings.tsx';
export * from './routes/sign-in.tsx';
export * from './routes/sources.tsx';
export * from './routes/suppressions.tsx';
