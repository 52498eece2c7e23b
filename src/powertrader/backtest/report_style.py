"""The look of a report: light, or dark where the reader's system is."""

from typing import Final

STYLE: Final = """
:root { --page: #ffffff; --text: #1c2430; --dim: #667085; --rule: #e3e7ee; --tile: #f5f7fa; --line: #1f6feb;
  --other: #98a2b3; --good: #14804a; --bad: #c2352b; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --page: #10151d; --text: #e6eaf0; --dim: #97a3b6;
  --rule: #283142; --tile: #18202c; --line: #5aa2ff; --other: #6b7890; --good: #3fc380; --bad: #ff7b6f; } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 34px 0 8px; }
h3 { font-size: 15px; margin: 20px 0 6px; font-weight: 600; }
.note { border-left: 3px solid var(--other); padding: 2px 10px; color: var(--dim); margin: 8px 0; }
.small { color: var(--dim); font-size: 13px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(125px, 1fr));
  gap: 10px; margin: 18px 0; }
.tiles div { background: var(--tile); border-radius: 8px; padding: 10px 12px; }
.tiles b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--dim); font-size: 13px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { color: var(--dim); font-weight: 500; }
.good { color: var(--good); } .bad { color: var(--bad); }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--dim); font-size: 12px; } .end { text-anchor: end; } .middle { text-anchor: middle; }
.grid { stroke: var(--rule); } polyline { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.equity { stroke: var(--line); } .held { stroke: var(--other); stroke-dasharray: 4 3; }
.fall { fill: var(--bad); opacity: 0.55; } .gain { fill: var(--good); } .loss { fill: var(--bad); }
.up { stroke: var(--good); fill: var(--good); } .down { stroke: var(--bad); fill: var(--bad); }
.up, .down { opacity: 0.55; stroke-width: 1; }
.buy { fill: var(--line); } .sell { fill: var(--text); }
.buy, .sell { stroke: var(--page); stroke-width: 0.8; }
.equity-key, .held-key { display: inline-block; width: 22px; border-top: 2px solid var(--line);
  vertical-align: middle; }
.held-key { border-top: 2px dashed var(--other); margin-left: 14px; }
""".strip()
