"""A page as every report of ours is one: complete in itself, light and dark, for screens and paper.

Nothing comes from elsewhere (no script, no font, no picture), so that a page opens the same from
a mail, a bucket or a disk, today and in ten years.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def build_page(
    title: str, lead: str, sections: Mapping[str, tuple[str, str]], banner: str = ""
) -> str:
    """The HTML of a page.

    Args:
        title: plain text.
        lead: HTML: what this is about, in a sentence or two.
        sections: by id, the heading (plain text) and the HTML of each part, in order. Empty ones
            are left out; if there are several, a line of links leads to them.
        banner: HTML that stands above all sections, such as a verdict.
    """
    shown = {id: part for id, part in sections.items() if part[1]}
    links = "".join(f'<a href="#{id}">{escape(name)}</a>' for id, (name, _) in shown.items())
    body = "".join(
        f'<section id="{id}" aria-labelledby="{id}-heading"><h2 id="{id}-heading">{escape(name)}'
        f"</h2>{html}</section>"
        for id, (name, html) in shown.items()
    )
    return _PAGE.format(
        style=STYLE,
        title=escape(title),
        lead=lead,
        banner=banner,
        links=f'<nav aria-label="Sections">{links}</nav>' if len(shown) > 1 else "",
        body=body,
    )


def card(title: str, content: str, note: str = "", *, wide: bool = False) -> str:
    """A box with a heading.

    Args:
        title: plain text.
        content: HTML.
        note: HTML: what is to be seen.
        wide: over the whole width of the page.
    """
    words = f'<p class="note">{note}</p>' if note else ""
    return (
        f'<div class="card{" wide" if wide else ""}"><h3>{escape(title)}</h3>{words}{content}</div>'
    )


def cards(*boxes: str) -> str:
    """Boxes side by side, as many as there is room for."""
    content = "".join(boxes)
    return f'<div class="cards">{content}</div>' if content else ""


def facts(rows: Mapping[str, object]) -> str:
    """A table of names and values, both plain text."""
    lines = "".join(
        f"<tr><th scope=row>{escape(str(name))}</th><td>{escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f'<table class="facts">{lines}</table>'


def verdict(kind: str, word: str, text: str) -> str:
    """A banner: `kind` is `good`, `fair` or `bad`; word and text are plain."""
    return (
        f'<div class="verdict {kind}" role="status"><strong>{escape(word)}</strong>'
        f"<span>{escape(text)}</span></div>"
    )


STYLE = """
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --text: #1b2430; --soft: #566270;
  --line: #dfe3e8; --main: #2563c9; --bad: #bb3d25; --good: #1d7a46; --fair: #8a5a00;
  --other: #b4690e; }
@media (prefers-color-scheme: dark) { :root { --page: #11151b; --card: #1a2028; --text: #e7ebf0;
  --soft: #9da9b7; --line: #323b46; --main: #6ea3ff; --bad: #ff8a70; --good: #5fcf92;
  --fair: #e7b557; --other: #f0a657; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 64px; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 72px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.01em; margin: 0 0 10px;
  overflow-wrap: anywhere; }
h2 { font-size: 21px; line-height: 1.3; margin: 44px 0 12px; }
h3 { font-size: 16px; margin: 0 0 4px; overflow-wrap: anywhere; }
a { color: var(--main); }
.lead { max-width: 72ch; margin: 0 0 20px; overflow-wrap: anywhere; }
.note { color: var(--soft); font-size: 14px; margin: 0 0 12px; max-width: 78ch; }
.verdict { display: flex; gap: 6px 16px; flex-wrap: wrap; align-items: baseline; margin: 0 0 24px;
  padding: 14px 20px; border-radius: 12px; border: 1px solid var(--line); background: var(--card);
  border-left: 6px solid var(--soft); overflow-wrap: anywhere; }
.verdict strong { font-size: 17px; }
.verdict.good { border-left-color: var(--good); } .verdict.good strong { color: var(--good); }
.verdict.fair { border-left-color: var(--fair); } .verdict.fair strong { color: var(--fair); }
.verdict.bad { border-left-color: var(--bad); } .verdict.bad strong { color: var(--bad); }
nav { position: sticky; top: 0; z-index: 1; display: flex; gap: 4px 20px; overflow-x: auto;
  scrollbar-width: none;
  background: var(--page); border-bottom: 1px solid var(--line); padding: 10px 0; font-size: 15px; }
nav a { text-decoration: none; white-space: nowrap; }
nav a:hover { text-decoration: underline; }
.headlines { display: grid; gap: 16px; margin-top: 20px;
  grid-template-columns: repeat(auto-fit, minmax(min(200px, 100%), 1fr)); }
.headline, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 18px 20px; min-width: 0; }
.headline span { display: block; color: var(--soft); font-size: 14px; }
.headline strong { display: block; font-size: 30px; line-height: 1.3;
  font-variant-numeric: tabular-nums; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr));
  gap: 16px; }
.cards + .cards { margin-top: 16px; }
.wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; max-width: 460px; height: auto; margin: 0 auto; }
svg.broad { max-width: 900px; min-width: 620px; margin: 0; }
svg text { fill: var(--text); font-size: 13px; }
svg .tick { fill: var(--soft); font-size: 12px; }
svg .share { font-size: 12px; }
svg .axis { fill: var(--soft); }
svg .count { font-size: 22px; font-weight: 600; }
svg .grid { stroke: var(--line); }
svg .baseline { fill: none; stroke: var(--soft); stroke-dasharray: 5 5; }
svg .curve { fill: none; stroke: var(--main); stroke-width: 2.5; stroke-linejoin: round; }
svg .area { fill: var(--main); fill-opacity: .1; }
svg .mark { fill: var(--card); stroke: var(--main); stroke-width: 2.5; }
svg .dot { fill: var(--main); }
svg .faint { fill: var(--main); fill-opacity: .35; }
svg .whisker { stroke: var(--main); stroke-width: 2; }
svg .bar { fill: var(--main); fill-opacity: .5; }
svg .up, svg .right { fill: var(--main); }
svg .down { fill: var(--other); }
svg .wrong { fill: var(--bad); }
svg .first { fill: var(--soft); fill-opacity: .45; }
svg .second { fill: var(--main); fill-opacity: .55; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 15px; }
caption { text-align: left; color: var(--soft); font-size: 14px; padding: 0 0 6px; }
th, td { text-align: left; vertical-align: top; padding: 7px 16px 7px 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 500; }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; border-top: 0; }
.facts th { width: 13em; }
table > tr:first-child > *, .facts tr:first-child > * { border-top: 0; }
tbody tr.here { background: color-mix(in srgb, var(--main) 9%, transparent); }
.mark { white-space: nowrap; width: 6em; }
small { display: block; color: var(--soft); font-size: 13px; font-weight: 400; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; text-align: right; }
td.number:last-child, th.number:last-child { padding-right: 0; }
details { border-top: 1px solid var(--line); padding: 8px 0; }
details:first-of-type { border-top: 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary .number { float: right; }
code { font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
@media (max-width: 560px) { main { padding-top: 24px; } .facts th { width: auto; } }
@media print { nav { display: none; } body { background: #fff; }
  .card, .headline { break-inside: avoid; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<header>
<h1>{title}</h1>
<p class="lead">{lead}</p>
{banner}
</header>
{links}
{body}
</main>
</body>
</html>
"""
