/** The look of /docs, light and dark. */
export const docsCss = `
:root { color-scheme: light dark; --ink: light-dark(#1a1f26, #e3e7ec); --soft: light-dark(#59636e, #97a3b0); --line: light-dark(#d9dee4, #323a44);
  --paper: light-dark(#ffffff, #14181d); --side: light-dark(#f6f8fa, #1a1f26); --accent: light-dark(#0b62c4, #6cb2ff); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: minmax(16rem, 20rem) minmax(0, 1fr); background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem; background: var(--side); border-right: 1px solid var(--line); }
nav h1 { font-size: 1.25rem; margin: 0 0 1rem; }
nav h2 { font-size: .8rem; color: var(--soft); margin: 1.25rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; font-size: .85rem; }
nav a { display: block; padding: .15rem 0; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
main { padding: 1.5rem 2.5rem 6rem; max-width: 64rem; }
main h2 { margin: 3rem 0 0; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
.lead { font-size: 1.1rem; }
article { margin: 2rem 0; }
h3 { display: flex; flex-wrap: wrap; gap: .6rem; align-items: baseline; margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
.method { font: 600 .75em ui-monospace, monospace; color: var(--accent); }
.scope { font-size: .75rem; font-weight: 400; color: var(--soft); border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; }
code { font: .9em ui-monospace, monospace; }
table { width: 100%; border-collapse: collapse; margin: .75rem 0; font-size: .875rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: anywhere; }
th { width: 30%; } td:nth-child(2) { width: 25%; color: var(--soft); }
.depth-1 { padding-left: 1.25rem; } .depth-2 { padding-left: 2.5rem; } .depth-3 { padding-left: 3.75rem; } .depth-4, .depth-5 { padding-left: 5rem; }
summary { cursor: pointer; }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem 1rem 4rem; }
}
`;
