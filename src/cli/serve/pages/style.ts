/** One style sheet, light and dark by the reader's system. Every colour comes with a mark or a word that says the same. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2430; --soft: #566272; --back: #fbfbfa; --panel: #fff; --line: #d8dde3; --link: #1b5a96;
  --good: #1a6b3c; --good-back: #d9f0e1; --warn: #7a5200; --warn-back: #fdeec7; --bad: #a0231b; --bad-back: #fbdcd8;
  --held: #5b3a94; --held-back: #e8dff7; --run: #0b5a78; --run-back: #d3ecf6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e3e8ee; --soft: #9aa7b5; --back: #14181d; --panel: #1b2127; --line: #333d48; --link: #86bdf0;
    --good: #8fdcae; --good-back: #173524; --warn: #f0c766; --warn-back: #3d2f0e; --bad: #f7a39b; --bad-back: #4a1b18;
    --held: #c9b2f2; --held-back: #33254d; --run: #8fd3ee; --run-back: #123645;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 90rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: .9rem; }
main { padding-bottom: 2rem; }
footer { padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--panel); padding: .4rem .8rem; z-index: 3; }
.trail { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; list-style: none; }
.trail li + li::before { content: "/"; color: var(--soft); margin-right: .4rem; }
.trail li:first-child { font-weight: 700; }
h1 { font-size: 1.6rem; margin: .6rem 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; }
p { margin: .4rem 0; }
.remark { color: var(--soft); }
code, pre { font: .88em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; white-space: pre-wrap; margin: .4rem 0; }
summary { cursor: pointer; margin-top: 1.5rem; font-weight: 600; }
.plain, .runs, .findings, .legend { list-style: none; padding: 0; margin: .4rem 0; }
.plain li, .runs li, .findings li { padding: .22rem 0; overflow-wrap: anywhere; }
.runs progress { width: 9rem; }
progress { accent-color: var(--link); height: .7rem; vertical-align: middle; width: 7rem; }
.verdict { display: inline-block; padding: .3rem .75rem; border-radius: 6px; font-weight: 600; overflow-wrap: anywhere; }
.verdict + * { clear: both; }
.verdict.good, span.cell.good, .chip.good { background: var(--good-back); color: var(--good); }
.verdict.warn, span.cell.warn, .chip.warn { background: var(--warn-back); color: var(--warn); }
.verdict.bad, span.cell.bad, .chip.bad { background: var(--bad-back); color: var(--bad); }
.verdict.held, span.cell.held, .chip.held { background: var(--held-back); color: var(--held); }
.verdict.running, span.cell.running { background: var(--run-back); color: var(--run); }
.chip { border-radius: 4px; padding: .05rem .4rem; font-size: .85em; white-space: nowrap; }
.chip.none { border: 1px solid var(--line); color: var(--soft); }
.good-text { color: var(--good); } .warn-text { color: var(--warn); } .bad-text { color: var(--bad); font-weight: 600; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
main > table, section > table { background: var(--panel); border: 1px solid var(--line); }
.scroll > table { width: 100%; }
caption { text-align: left; color: var(--soft); padding: .3rem .6rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-size: .8rem; color: var(--soft); font-weight: 600; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
.state { white-space: nowrap; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.grid th[scope=row] { position: sticky; left: 0; background: var(--panel); z-index: 1; white-space: nowrap; }
.grid thead th:first-child { position: sticky; left: 0; background: var(--panel); z-index: 1; }
.grid th, .grid td { padding: .14rem .1rem; text-align: center; border-bottom: 0; }
.grid th:first-child { text-align: left; padding-left: .7rem; padding-right: .7rem; }
.grid .date { font-weight: 400; vertical-align: bottom; }
.grid .weekend { text-decoration: underline dotted; text-underline-offset: .25em; }
.month { display: block; font-weight: 600; }
.cell a, .cell span, .legend .cell { display: block; min-width: 1.9rem; padding: .28rem .1rem; border-radius: 5px; text-align: center; font-size: .82rem; line-height: 1.3; text-decoration: none; font-weight: 600; white-space: nowrap; }
.cell.good a { background: var(--good-back); color: var(--good); }
.cell.warn a { background: var(--warn-back); color: var(--warn); border-bottom: 2px dotted currentColor; }
.cell.bad a { background: var(--bad-back); color: var(--bad); border-bottom: 2px solid currentColor; }
.cell.held a { background: var(--held-back); color: var(--held); border-bottom: 2px dashed currentColor; }
.cell.running a { background: var(--run-back); color: var(--run); }
.cell.none, .cell.none span { color: var(--soft); font-weight: 400; }
.cell a:hover { outline: 2px solid currentColor; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; font-size: .85rem; color: var(--soft); margin-top: .8rem; }
.legend .cell { display: inline-block; margin-right: .25rem; }
.bars { display: block; width: 100%; max-width: 45rem; height: 6rem; overflow: visible; }
.bar { fill: var(--link); } .gap { fill: var(--line); } .bars a:hover .bar { opacity: .7; }
label { font-weight: 600; }
input, button { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: var(--text); }
input { width: min(24rem, 100%); }
button { background: var(--link); color: var(--back); font-weight: 600; cursor: pointer; }
@media (max-width: 40rem) {
  header, main, footer { padding-left: .8rem; padding-right: .8rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
}
@media print { .skip, footer, .legend { display: none; } .scroll { overflow: visible; } }
`;
