/** Styles are bundled beside the script: scripts/client.ts. */
declare module '*.css';
