/** Styles are bundled beside the script: scripts/build.ts. */
declare module '*.css';
