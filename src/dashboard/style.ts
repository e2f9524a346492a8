/** The look of the pages: tokens first, light and dark. */
export const dashboardCss = `
:root { color-scheme: light dark;
  --ink: light-dark(#171b21, #e6e9ee); --soft: light-dark(#5b6570, #98a3af); --line: light-dark(#e1e5ea, #2a313a);
  --paper: light-dark(#ffffff, #12161b); --raised: light-dark(#f7f8fa, #191e25); --accent: light-dark(#0a5bb8, #74b4ff);
  --red: light-dark(#b3261e, #ff8a80); --amber: light-dark(#8a5300, #f2b450); --green: light-dark(#14702f, #6fd08c);
  --red-wash: light-dark(#fdecea, #3a1c1a); --amber-wash: light-dark(#fdf3e1, #352710); --green-wash: light-dark(#e7f5ea, #14301c); --grey-wash: light-dark(#eef1f4, #232a32);
  --1: .25rem; --2: .5rem; --3: .75rem; --4: 1rem; --6: 1.5rem; --8: 2rem; --12: 3rem; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: .9375rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100rem; } .skip:focus { left: var(--4); top: var(--4); background: var(--paper); padding: var(--2); }
header.top { display: flex; flex-wrap: wrap; align-items: center; gap: var(--2) var(--6); padding: var(--3) var(--6); border-bottom: 1px solid var(--line); background: var(--raised); }
header.top .brand { font-weight: 650; color: var(--ink); text-decoration: none; }
header.top nav { display: flex; flex-wrap: wrap; gap: var(--1) var(--4); flex: 1; }
header.top nav a { color: var(--soft); text-decoration: none; padding: var(--1) 0; border-bottom: 2px solid transparent; }
header.top nav a:hover { color: var(--ink); } header.top nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
main { max-width: 76rem; margin: 0 auto; padding: var(--6) var(--6) var(--12); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 var(--1); overflow-wrap: anywhere; } h2 { font-size: 1.0625rem; margin: var(--8) 0 var(--3); }
.lead { font-size: 1.0625rem; margin: var(--1) 0 var(--4); max-width: 46rem; } .soft { color: var(--soft); } .small { font-size: .8125rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0 var(--8); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: var(--3); margin: var(--4) 0; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: 8px; padding: var(--3) var(--4); } .tiles b { display: block; font-size: 1.375rem; line-height: 1.3; font-weight: 600; }
.scroll { overflow-x: auto; } table { width: 100%; border-collapse: collapse; } caption { text-align: left; color: var(--soft); font-size: .8125rem; padding-bottom: var(--1); }
td { white-space: nowrap; } td.reply, td.wide { white-space: normal; } th { text-align: left; font-weight: 500; font-size: .8125rem; color: var(--soft); white-space: nowrap; } td, th { padding: var(--2) var(--4) var(--2) 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; } td.reply { overflow-wrap: anywhere; min-width: 16rem; } tbody tr:hover { background: var(--raised); }
.badge { display: inline-block; padding: 0 var(--2); border-radius: 1rem; font-size: .8125rem; line-height: 1.5rem; background: var(--grey-wash); white-space: nowrap; }
.badge.red { background: var(--red-wash); color: var(--red); } .badge.amber { background: var(--amber-wash); color: var(--amber); } .badge.green { background: var(--green-wash); color: var(--green); }
code { font: .875em ui-monospace, SFMono-Regular, Menlo, monospace; } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--raised); padding: var(--3); border-radius: 8px; }
form.row { display: flex; flex-wrap: wrap; gap: var(--2) var(--3); align-items: end; margin: var(--4) 0; } label { display: grid; gap: var(--1); font-size: .8125rem; color: var(--soft); }
input, select, textarea { font: inherit; font-size: .9375rem; line-height: 1.5; color: var(--ink); background: var(--paper); border: 1px solid light-dark(#8a949f, #66717d); border-radius: 6px; padding: .35rem .6rem; min-width: 0; max-width: 100%; }
input.wide { width: 20rem; } button { font: inherit; line-height: 1.5; font-weight: 550; color: #fff; background: light-dark(#0a5bb8, #1f64b4); border: 0; border-radius: 6px; padding: calc(.35rem + 1px) .9rem; cursor: pointer; }
button.plain { background: none; color: var(--soft); padding: .25rem 0; font-weight: 400; text-decoration: underline; } button.danger { background: light-dark(#b3261e, #a5342b); }
.note { border-left: 3px solid var(--line); padding: var(--1) 0 var(--1) var(--4); margin: var(--4) 0; } .note.red { border-color: var(--red); } .note.amber { border-color: var(--amber); } .note.green { border-color: var(--green); }
.empty { color: var(--soft); border: 1px dashed var(--line); border-radius: 8px; padding: var(--6); text-align: center; }
.tabs { display: flex; gap: var(--4); margin: var(--3) 0; } .tabs a { color: var(--soft); } .tabs a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
figure { margin: var(--4) 0; overflow-x: auto; } h3 { font-size: .9375rem; margin: var(--4) 0 var(--1); } svg { min-width: 36rem; display: block; width: 100%; height: auto; } figcaption { display: flex; flex-wrap: wrap; gap: var(--1) var(--4); color: var(--soft); font-size: .8125rem; }
.key::before { content: ''; display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .4em; background: currentColor; }
.c0 { fill: light-dark(#c0463d, #e5766d); color: light-dark(#c0463d, #e5766d); } .c1 { fill: light-dark(#d08a1e, #e9b04f); color: light-dark(#a86b0c, #e9b04f); } .c2 { fill: light-dark(#7a5bb5, #a58be0); color: light-dark(#7a5bb5, #a58be0); } .c3 { fill: light-dark(#4f7fb8, #6f9fda); color: light-dark(#3f70ac, #6f9fda); } .axis { fill: var(--soft); font-size: 11px; } .grid { stroke: var(--line); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: var(--1) var(--6); margin: var(--4) 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.prose { max-width: 46rem; } .prose li { margin: var(--1) 0; } .pager { display: flex; gap: var(--6); margin: var(--4) 0; }
.sign-in { max-width: 24rem; margin: 12vh auto; padding: 0 var(--6); } .sign-in form { display: grid; gap: var(--4); margin-top: var(--6); }
label.grow { flex: 1; min-width: min(24rem, 100%); } div.row { display: flex; flex-wrap: wrap; gap: var(--2) var(--3); align-items: end; margin: var(--4) 0; } textarea { width: 100%; resize: vertical; } textarea.code { font: .8125rem/1.6 ui-monospace, SFMono-Regular, Menlo, monospace; tab-size: 2; }
button.second { background: none; color: var(--ink); box-shadow: inset 0 0 0 1px light-dark(#8a949f, #66717d); } a.button { display: inline-block; color: #fff; background: light-dark(#0a5bb8, #1f64b4); border-radius: 6px; padding: .35rem .9rem; text-decoration: none; font-weight: 550; }
details { margin: var(--4) 0; } summary { color: var(--soft); cursor: pointer; } .note > :first-child { margin-top: 0; } .note > :last-child { margin-bottom: 0; } ins, del { text-decoration: none; display: block; } ins { color: var(--green); } del { color: var(--red); } .badge + .badge { margin-left: var(--1); }
form.inline { display: flex; gap: var(--2) var(--3); align-items: center; } form.inline select, form.inline .second { padding-top: .15rem; padding-bottom: .15rem; font-size: .8125rem; } fieldset { border: 0; padding: 0; margin: var(--6) 0 0; display: flex; flex-wrap: wrap; gap: var(--1) var(--6); } legend { font-size: .8125rem; color: var(--soft); padding: 0 0 var(--1); }
label.check { display: flex; align-items: center; gap: var(--2); color: var(--ink); font-size: .9375rem; } .or { display: flex; align-items: center; gap: var(--3); margin: var(--6) 0 0; } .or::before, .or::after { content: ''; flex: 1; border-top: 1px solid var(--line); } td details { margin: 0; } [data-copy] { overflow-wrap: anywhere; } .sure > summary { text-decoration: underline; list-style: none; } .sure > summary::-webkit-details-marker { display: none; } .sure[open] > summary { display: none; } .sure button { padding: .15rem .6rem; font-size: .8125rem; }
@media (max-width: 40rem) { main, header.top { padding-left: var(--4); padding-right: var(--4); } dl.facts { grid-template-columns: 1fr; } dd { margin-bottom: var(--2); } form.row > label:has(.wide), input.wide { width: 100%; } header.top { gap: var(--1) var(--4); } header.top .brand { flex: 1; } header.top nav { order: 3; flex: none; width: 100%; flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; } header.top nav a { white-space: nowrap; } }
@media (prefers-reduced-motion: no-preference) { a, button { transition: color .1s, background .1s; } }
`;
