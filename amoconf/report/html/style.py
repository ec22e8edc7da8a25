"""The look of HTML pages: dark text on white, colours told apart without red and green, rows whole on paper."""

# Vermillion, amber, blue, bluish green, grey: apart for people who do not see red or green, and each of them at least
# 4.5 : 1 against white. A sign and a word always stand beside a colour.
COLOURS = {"error": "#9a3412", "warn": "#806000", "info": "#005a9c", "good": "#00664b", "grey": "#5c5c5c"}

_LEVELS = "".join(
    f".{name} > .head .word, p.{name} .sign {{ color: {colour} }} .entry.{name}, p.{name} {{ border-left-color: {colour} }}\n"
    for name, colour in COLOURS.items()
)
STYLE = f"""
:root {{ color-scheme: light }}
* {{ box-sizing: border-box }}
body {{ margin: 0 auto; padding: 1.5rem; max-width: 62rem; background: #fff; color: #1a1a1a;
  font: 16px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", Arial, sans-serif; overflow-wrap: anywhere }}
h1 {{ font-size: 1.7rem; line-height: 1.2; margin: 0 0 .8rem }}
h1 small {{ display: block; font-size: 1rem; font-weight: normal; color: #444 }}
h2 {{ font-size: 1.3rem; margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid #1a1a1a }}
h3 {{ font-size: 1.05rem; margin: 1.2rem 0 .4rem }}
p {{ margin: .3rem 0 }}
a {{ color: #004b8d }}
small {{ font-size: .9em; color: #444 }}
code, pre {{ font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em }}
pre {{ margin: .2rem 0 .4rem; padding: .5rem .7rem; border: 1px solid #bbb; white-space: pre-wrap }}
.address {{ font-weight: 600 }}
.verdict {{ font-size: 1.15rem; margin: 0 0 .8rem }}
p.error, p.warn, p.info, p.good, p.grey {{ padding: .35rem .7rem; border-left: .3rem solid #1a1a1a }}
dl.facts {{ display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .5rem 0 1rem }}
.facts dt {{ display: inline; color: #444 }}
.facts dt::after {{ content: ":" }}
.facts dd {{ display: inline; margin: 0 0 0 .3rem }}
nav ul {{ display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none }}
table {{ border-collapse: collapse; margin: .6rem 0 1rem }}
caption {{ text-align: left; font-weight: 600; padding: .3rem 0 }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #ccc; font-weight: normal }}
tbody th {{ min-width: 8.5rem }}
thead th {{ font-weight: 600; border-bottom: 2px solid #666; overflow-wrap: break-word }}
.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }}
table.bars {{ width: 100% }}
.bars th {{ width: 38% }}
.bars .drawn {{ width: 44% }}
.bars svg {{ display: block; width: 100%; height: .85rem; margin-top: .3rem }}
svg.share {{ display: block; margin: .3rem 0 }}
svg.route {{ display: block; margin: .6rem 0 1rem }}
figure {{ margin: 1rem 0 }}
figcaption {{ font-weight: 600; margin-bottom: .4rem }}
svg.course {{ width: 100%; height: auto; max-height: 14rem }}
.entry {{ margin: .5rem 0; padding: .2rem 0 .2rem .8rem; border-left: .25rem solid #888 }}
.entry p.head {{ margin-top: 0 }}
.word {{ font-weight: 700; white-space: nowrap }}
.shifts {{ margin: .2rem 0; padding-left: 1.2rem }}
del {{ color: #444; text-decoration: line-through }}
ins {{ text-decoration: none; font-weight: 600 }}
.after {{ margin-left: 1.05rem }}
.into {{ color: #444 }}
summary {{ cursor: pointer }}
summary h2 {{ display: inline-block; border: 0 }}
footer {{ margin-top: 3rem; color: #444; font-size: .9rem }}
@media (max-width: 45rem) {{ thead th {{ overflow-wrap: anywhere }} }}
{_LEVELS}@page {{ size: A4; margin: 15mm 14mm }}
@media print {{
  body {{ max-width: none; padding: 0; font-size: 9pt; line-height: 1.3 }}
  h2 {{ margin-top: 1.2rem }}
  h3 {{ margin: .7rem 0 .2rem }}
  p {{ margin: .15rem 0 }}
  .entry {{ margin: .3rem 0 }}
  th, td {{ padding-top: .1rem; padding-bottom: .1rem }}
  pre {{ margin: .1rem 0 .2rem; padding: .2rem .4rem; font-size: .82em }}
  svg.share {{ margin: .1rem 0; height: 8px }}
  .bars svg {{ height: .6rem; margin-top: .2rem }}
  nav {{ display: none }}
  a {{ color: inherit; text-decoration: none }}
  h2, h3, caption, summary {{ break-after: avoid }}
  tr, .entry, figure, pre, .after, svg {{ break-inside: avoid }}
  thead {{ display: table-header-group }}
  details::details-content {{ content-visibility: visible; display: block; height: auto }}
  details.screen > :not(summary), details.screen::details-content {{ display: none }}
}}
"""
