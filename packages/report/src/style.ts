/** The page's own style sheet: light, dark and printed; no font and no picture from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f5f6f8; --text: #1b1e23; --soft: #545b66; --line: #d5d9df;
  --accent: #1b5e9e; --fill: #a9c7e6; --hatch: #8a3b12; --hatch-ground: #f3d3bf; --bad: #a31515; --good: #1c6b32;
  --warn: #fff4d6; --warn-line: #b07800;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181c; --panel: #1f242a; --text: #e8eaed; --soft: #a9b1bc; --line: #3b424c;
    --accent: #7db7f0; --fill: #35597d; --hatch: #f0a477; --hatch-ground: #5a3422; --bad: #ff9a94; --good: #82d199;
    --warn: #33290f; --warn-line: #d9a531;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1, h2, h3, h4 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; }
h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.75rem 0 .25rem; }
h4 { font-size: .95rem; margin: 0; font-weight: 600; }
p { margin: .25rem 0 .75rem; }
.lead { font-size: 1.08rem; color: var(--soft); overflow-wrap: anywhere; }
.lead strong { color: var(--text); }
.hint, .reason, figcaption { color: var(--soft); font-size: .9rem; }
.hint ul { margin: 0; padding-left: 1.2rem; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.right { color: var(--good); } .wrong { color: var(--bad); }
.warnings { background: var(--warn); border: 1px solid var(--warn-line); border-left-width: 6px; border-radius: 6px; padding: .75rem 1rem; margin: 1rem 0; }
.warnings h2 { font-size: 1.05rem; margin: 0 0 .25rem; padding: 0; border: 0; }
.warnings ul { margin: 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .75rem .9rem; }
.tile p { margin: 0; }
.tile .name { font-size: .9rem; color: var(--soft); }
.tile .value { font-size: 1.75rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile .text { font-size: .85rem; color: var(--soft); }
.threshold-text { border-left: 4px solid var(--accent); padding-left: .9rem; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem 2.5rem; align-items: start; }
.columns > * { min-width: 0; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
.id { overflow-wrap: anywhere; min-width: 9rem; }
thead th { font-weight: 600; color: var(--soft); font-size: .88rem; overflow-wrap: normal; }
tbody th { font-weight: 500; }
td.number, th.right-align, .defects thead th:nth-child(n+2) { text-align: right; overflow-wrap: normal; }
th.group { font-weight: 600; padding-top: 1rem; }
.figures td:nth-child(3) { color: var(--soft); font-size: .9rem; }
.confusion td, .confusion th { text-align: center; border: 1px solid var(--line); padding: .6rem; overflow-wrap: normal; }
.confusion thead td { border: 0; }
.confusion strong { font-size: 1.4rem; }
.confusion .ok strong { color: var(--good); } .confusion .bad strong { color: var(--bad); }
.scroll { overflow-x: auto; }
.scroll.long { max-height: 32rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px; }
.scroll.long thead th { position: sticky; top: 0; background: var(--page); box-shadow: 0 1px var(--line); }
.scroll.long caption { padding: .5rem .6rem; }
.defects th[scope=row] { min-width: 7rem; max-width: 18rem; overflow-wrap: anywhere; }
.figures tbody th { white-space: nowrap; }
.bar { display: inline-block; width: 60px; height: 8px; margin-left: .6rem; vertical-align: middle; }
.bar-ground { fill: var(--line); } .bar-fill { fill: var(--accent); }
figure { margin: 0; }
figcaption { padding-top: .3rem; }
.plot { display: block; width: 100%; height: auto; fill: var(--text); }
.wide { overflow-x: auto; } .wide .plot { min-width: 46rem; } .curves { margin-top: 1.75rem; }
.plot .grid { stroke: var(--line); stroke-width: 1; } .plot .axis { stroke: var(--soft); stroke-width: 1.5; }
.plot .tick { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.plot .strong { font-weight: 650; }
.plot .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.curve.second { stroke: var(--hatch); stroke-dasharray: 7 4; }
.band { fill: var(--accent); opacity: 0.16; } .band.second { fill: var(--hatch); } circle.mark { fill: var(--bad); }
.chance { stroke: var(--soft); stroke-dasharray: 3 5; } .limit { stroke: var(--soft); stroke-dasharray: 6 4; }
.shade { fill: var(--fill); opacity: .6; } .band { fill: var(--soft); opacity: .18; }
.operating { fill: var(--page); stroke: var(--text); stroke-width: 2.5; }
.threshold { stroke: var(--text); stroke-width: 2; stroke-dasharray: 8 4; }
.bars-good rect { fill: var(--fill); stroke: var(--accent); stroke-width: 1; }
.bars-defective rect { fill: url(#hatch); stroke: var(--hatch); stroke-width: 1; }
.hatch-ground { fill: var(--hatch-ground); } .hatch-line { fill: var(--hatch); }
.outline { stroke: var(--soft); }
.key { max-width: 34rem; margin: 1rem 0; }
.absent { color: var(--soft); border: 1px dashed var(--line); border-radius: 6px; padding: 1rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(32rem, 100%), 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .75rem; min-width: 0; break-inside: avoid; }
.card > p { font-size: .9rem; margin: .1rem 0 .5rem; overflow-wrap: anywhere; }
.triple { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem; }
.triple > * { min-width: 0; }
.picture { display: block; width: 100%; height: auto; max-height: 24rem; background: #000; border-radius: 3px; }
.picture.tiny { image-rendering: pixelated; }
.grey { filter: grayscale(1); }
.empty { margin: 0; display: grid; place-items: center; text-align: center; padding: .25rem; max-height: 24rem; width: 100%; color: var(--soft); border: 1px dashed var(--line); border-radius: 3px; font-size: .85rem; }
dl { margin: 0; font-size: .93rem; }
dl > div { display: grid; grid-template-columns: minmax(8rem, 1fr) 2fr; gap: .75rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); overflow-wrap: anywhere; } dd { margin: 0; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --panel: #ffffff; --text: #000000; --soft: #444444; --line: #bbbbbb;
    --accent: #1b5e9e; --fill: #a9c7e6; --hatch: #8a3b12; --hatch-ground: #f3d3bf; --bad: #a31515; --good: #1c6b32;
    --warn: #ffffff; --warn-line: #000000;
  }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .plot, .picture, .bar, .tile, .warnings { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  table { font-size: .85rem; } th, td { padding: .25rem .35rem; } .defects th[scope=row] { min-width: 5rem; }
  .scroll, .wide { overflow: visible; }
  .scroll.long { max-height: none; overflow: visible; border: 0; }
  .wide .plot { min-width: 0; }
  .scroll.long thead th { position: static; box-shadow: none; }
  .plot { max-height: 16cm; } .columns { grid-template-columns: 1fr; }
  .columns.curves, #mistakes .columns { grid-template-columns: 1fr 1fr; }
  h2, h3 { break-after: avoid; } figure, tr, .tile, .warnings { break-inside: avoid; }
}
`;

/** What the page of an audit adds. */
export const AUDIT_STYLE = `
.badge { display: inline-block; font-size: .8rem; font-weight: 650; line-height: 1.5; padding: 0 .5rem; border-radius: 999px; border: 1.5px solid; vertical-align: middle; }
.badge.error { color: var(--bad); } .badge.warning { color: var(--text); border-color: var(--warn-line); background: var(--warn); } .badge.note { color: var(--soft); }
#data tbody th { overflow-wrap: anywhere; min-width: 6rem; }
.kinds td:first-child { width: 6.5rem; } .kinds a, summary { color: var(--accent); }
.advice { max-width: 52rem; }
.finding { border: 1px solid var(--line); border-radius: 8px; padding: .75rem; margin: .75rem 0; break-inside: avoid; }
.finding > p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.shots { display: flex; flex-wrap: wrap; gap: .75rem; }
.shots figure { flex: 0 1 auto; max-width: 100%; }
.shots .compare { border-left: 3px solid var(--line); padding-left: .75rem; }
.shots figcaption { max-width: 25rem; overflow-wrap: anywhere; font-size: .85rem; }
.pair { display: flex; gap: .35rem; } .pair .picture { width: 12.5rem; max-width: 100%; flex: 0 1 12.5rem; min-width: 0; }
.files { margin: .25rem 0; padding-left: 1.2rem; font-size: .9rem; overflow-wrap: anywhere; }
details { margin: .5rem 0 0; } summary { cursor: pointer; font-size: .9rem; }
@media print { .badge { background: none; } .badge, .shots .picture { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
