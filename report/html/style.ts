/** The look of report.html: light and dark by the reader's choice, and on paper. Text keeps a contrast of 4.5 to its ground in each. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c1c1e; --quiet: #55565c; --rule: #d3d4da; --box: #f4f5f8; --link: #0b57a4; --notice: #7a3d00; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16171b; --ink: #ececf0; --quiet: #b0b2bb; --rule: #3d3f48; --box: #22242b; --link: #8ec1ff; --notice: #ffc078; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", Arial, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 100rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--rule); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p, li { max-width: 48rem; }
a { color: var(--link); }
.answer { font-size: 1.15rem; }
.notice { border-left: 4px solid var(--notice); padding-left: .75rem; }
.quiet { color: var(--quiet); }
.paper { display: none; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
dl.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0; }
dl.numbers div { background: var(--box); border-radius: .4rem; padding: .5rem .75rem; }
dl.numbers dt { color: var(--quiet); font-size: .85rem; }
dl.numbers dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .2rem 1rem; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; }
figure { margin: 1rem 0; min-width: 0; }
figure h3 { margin: 0 0 .25rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 0 2rem; }
.figures > :only-child { max-width: 54rem; }
figcaption { max-width: 48rem; color: var(--quiet); font-size: .92rem; }
.scroll { overflow-x: auto; }
.chart svg { display: block; width: 100%; max-width: 54rem; height: auto; }
.chart .narrow { display: none; }
@media screen and (max-width: 36rem) {
  .chart .wide { display: none; }
  .chart .narrow { display: block; }
  .chart svg { max-width: 24rem; }
}
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .75rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .2rem 1rem .2rem 0; text-align: left; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th.number, td.number { text-align: right; }
thead th { white-space: normal; overflow-wrap: normal; vertical-align: bottom; min-width: 4.5rem; }
tbody th { font-weight: 400; }
pre, code { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
pre { background: var(--box); padding: .6rem .75rem; border-radius: .4rem; overflow-x: auto; }
pre.command { white-space: pre-wrap; }
summary { cursor: pointer; }
button, select, input { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--quiet); border-radius: .3rem; padding: .25rem .5rem; max-width: 100%; }
button:disabled { color: var(--quiet); border-style: dashed; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; }
.controls[hidden] { display: none; }
.controls label { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 100%; font-size: .85rem; color: var(--quiet); }
.controls label > * { color: var(--ink); font-size: 1rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .75rem; padding: 0; list-style: none; }
.card { border: 1px solid var(--rule); border-radius: .4rem; padding: .6rem .75rem; break-inside: avoid; }
.card h3 { margin: 0; }
.card .outcome { margin: 0 0 .25rem; font-weight: 600; font-size: .92rem; }
.card dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .6rem; margin: 0; font-size: .85rem; }
.card dt { color: var(--quiet); }
.card dd { margin: 0; font-variant-numeric: tabular-nums; }
.pictures { display: flex; gap: .4rem; margin-bottom: .4rem; }
.pictures canvas { flex: 1 1 0; min-width: 0; max-width: 6rem; height: auto; image-rendering: pixelated; border: 1px solid var(--rule); }
footer { margin: 3rem auto 2rem; color: var(--quiet); font-size: .85rem; }
@media print {
  :root { color-scheme: light; --ground: #ffffff; --ink: #000000; --quiet: #444444; --rule: #bbbbbb; --box: #ffffff; --link: #000000; --notice: #000000; }
  body { font-size: 10.5pt; }
  nav, .controls, button, details.copy { display: none !important; }
  h2, h3, caption { break-after: avoid; }
  figure, table, dl.numbers, pre { break-inside: avoid; }
  table { font-size: 8.5pt; }
  th, td { white-space: normal; overflow-wrap: normal; min-width: 0; padding-right: .5rem; }
  pre { white-space: pre-wrap; border: 1px solid var(--rule); }
  .scroll { overflow: visible; }
  .chart svg { max-width: 14.5cm; }
  .figures { display: block; }
  dl.numbers { grid-template-columns: none; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .4rem; }
  dl.numbers div { border: 1px solid var(--rule); padding: .3rem .4rem; }
  dl.numbers dd { font-size: 1rem; }
  .paper { display: block; }
  .cards { grid-template-columns: repeat(3, 1fr); }
}
@page { margin: 15mm; }
`;
