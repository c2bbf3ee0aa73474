/** One style sheet for every report: light and dark, screen and paper, desk and phone. */
export const STYLES = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d5dae0;--card:#f6f8fa;--good:#1a7f37;--warn:#8a5a00;--bad:#c4231c;--held:#6639ba;--accent:#0b63c5;--heat:180 95 6}
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e6e9ee;--soft:#9aa4b0;--line:#303842;--card:#181e26;--good:#4ac26b;--warn:#e3b341;--bad:#ff7b72;--held:#bc8cff;--accent:#6cb6ff;--heat:240 160 60}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:28px;line-height:1.2;margin:0}
h2{font-size:18px;margin:36px 0 10px;padding-top:12px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:20px 0 6px}
p{margin:6px 0}
a{color:var(--accent)}
code,.mono{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}.small{font-size:13px}
.good{color:var(--good)}.warned{color:var(--warn)}.bad{color:var(--bad)}.held{color:var(--held)}.none{color:var(--soft)}
.head{display:flex;gap:24px;justify-content:space-between;align-items:flex-start}
.kicker{margin:0 0 2px;color:var(--soft);font-weight:600}
.verdict{font-size:17px;font-weight:600;margin:10px 0 2px}
.ring{flex:none;width:132px;height:132px}
.ring text{font:700 34px system-ui,sans-serif;fill:var(--fg)}
.ring .of{font:400 11px system-ui,sans-serif;fill:var(--soft)}
svg{display:block;max-width:100%}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}
.wide{overflow-x:auto}
.wide svg{max-width:none}
.chart{width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-size:12px;color:var(--soft);font-weight:600;white-space:nowrap}
td.n,th.n{text-align:right;white-space:nowrap}
td.err{padding-top:0;border-bottom:1px solid var(--line)}
tr.has td{border-bottom:0}
.bar{height:8px;border-radius:4px;background:var(--bad);min-width:3px}
.grid td:first-child code{overflow-wrap:break-word}
.points{font-weight:700;white-space:nowrap}
.rule{white-space:nowrap}
.strip{list-style:none;display:flex;flex-wrap:wrap;gap:3px;margin:8px 0;padding:0}
.strip li{width:31px;text-align:center;border:1px solid var(--line);border-radius:5px;padding:2px 0;line-height:1.25;background:var(--card)}
.strip b{display:block;font-size:15px}
.strip span{display:block;font-size:11px;color:var(--fg)}
.strip i{display:block;font-style:normal;font-size:10px;color:var(--soft)}
.strip li.now{outline:2px solid var(--accent);outline-offset:1px}
.strip li.we{border-style:dashed}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:12px;color:var(--soft);margin:6px 0}
.stack{margin:10px 0}
.stack p{margin:0 0 3px}
.h1{fill:rgb(var(--heat)/.18)}.h2{fill:rgb(var(--heat)/.38)}.h3{fill:rgb(var(--heat)/.6)}.h4{fill:rgb(var(--heat)/.8)}.h5{fill:rgb(var(--heat)/1)}
.h0{fill:var(--card)}.mark{stroke:var(--bg);stroke-width:1.6;fill:none}.gap{stroke:var(--soft);stroke-width:1.2;fill:none}
.axis{stroke:var(--line);stroke-width:1}.trend{stroke:var(--accent);stroke-width:2;fill:none}.dot{fill:var(--accent)}.limit{stroke:var(--bad);stroke-width:1.4;stroke-dasharray:5 4}
ul{margin:6px 0;padding-left:20px}
details{margin:6px 0}summary{cursor:pointer}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);font-size:13px;color:var(--soft)}
@media (max-width:640px){
main{padding:16px 14px 40px}h1{font-size:23px}.head{gap:12px}.ring{width:92px;height:92px}.verdict{font-size:16px}
table.cards thead{display:none}table.cards tr{display:block;border:0;padding:0}
table.cards td{display:inline;border:0;padding:0 12px 0 0}table.cards td:first-child,table.cards td.err,table.cards td.block{display:block;padding:0}
.chart text{font-size:21px}
table.cards tr{padding:10px 0 0}table.cards tr:not(.has){border-bottom:1px solid var(--line);padding-bottom:10px}
table.cards td:empty{display:none}
table.cards td.n{text-align:left;white-space:normal}
table.cards td[data-l]::before{content:attr(data-l) "  ";color:var(--soft);font-size:12px}
table.cards td:first-child{font-weight:600}
}
@media print{
:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--card:#f3f3f3;--good:#116329;--warn:#7a4d00;--bad:#a40e26;--held:#512a97;--accent:#0b4d99}
body{font-size:11px}main{max-width:none;padding:0}h2{break-after:avoid}tr,.strip li,.stack{break-inside:avoid}
.wide{overflow:visible}.wide svg{max-width:100%;height:auto}*{print-color-adjust:exact}
details::details-content{content-visibility:visible;display:block}
@page{margin:14mm}
}
`;
