"""A digest as text, Markdown, HTML or JSON. Names come from exports, so they are escaped in each."""

import html
import json
import re
from collections.abc import Callable

from pizza_assets.analysis.forecast.digest import Digest

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def as_text(digest: Digest) -> str:
    """Plain text, as the channels get it."""
    parts = [digest.made]
    for section in digest.sections:
        parts += ["", section.heading, *(f"- {line}" for line in section.lines)]
    return "\n".join([*parts, *([""] if digest.reviews else []), *digest.reviews])


def as_markdown(digest: Digest) -> str:
    """Markdown with a heading for each chain."""
    parts = [f"# {_marked(digest.title)}", "", _marked(digest.made)]
    for section in digest.sections:
        parts += ["", f"## {_marked(section.heading)}", "", *(f"- {_marked(line)}" for line in section.lines)]
    return "\n".join([*parts, *(text for line in digest.reviews for text in ("", _marked(line)))])


def as_html(digest: Digest) -> str:
    """A whole HTML document without styles or scripts."""
    title = html.escape(digest.title)
    parts = ["<!doctype html>", '<html lang="en">', f'<head><meta charset="utf-8"><title>{title}</title></head>']
    parts += ["<body>", f"<h1>{title}</h1>", f"<p>{html.escape(digest.made)}</p>"]
    for section in digest.sections:
        items = [f"<li>{html.escape(line)}</li>" for line in section.lines]
        parts += [f"<h2>{html.escape(section.heading)}</h2>", "<ul>", *items, "</ul>"]
    return "\n".join([*parts, *(f"<p>{html.escape(line)}</p>" for line in digest.reviews), "</body>", "</html>"])


def as_json(digest: Digest) -> str:
    """The lines, and all shops and days with their numbers: those that the lines leave out, too."""
    shops = json.loads(str(digest.rows.to_json(orient="records", date_format="iso", date_unit="s")))
    content = {
        "begins": digest.begins.isoformat(),
        "title": digest.title,
        "made": digest.made,
        "sections": [{"heading": section.heading, "lines": section.lines} for section in digest.sections],
        "last_weekend": digest.reviews,
        "shops": shops,
    }
    return json.dumps(content, indent=1)


FORMATS: dict[str, Callable[[Digest], str]] = {
    "text": lambda digest: f"{digest.title}\n{as_text(digest)}",
    "markdown": as_markdown,
    "html": as_html,
    "json": as_json,
}
"""The formats by the name that `pizza digest --format` knows."""


def _marked(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
