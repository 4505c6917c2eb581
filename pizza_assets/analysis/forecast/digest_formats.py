"""A digest as text, Markdown, HTML or JSON. Names come from exports, so they are escaped in each."""

import html
import json
from collections.abc import Callable

from pizza_assets.analysis.forecast.digest import Digest
from pizza_assets.escaping import plain_markdown, printable, with_minus


def as_text(digest: Digest) -> str:
    """Plain text, as the channels get it."""
    parts = [digest.made]
    for section in digest.sections:
        parts += ["", section.heading, *(f"- {line}" for line in section.lines)]
    return with_minus("\n".join([*parts, *([""] if digest.reviews else []), *digest.reviews]))


def as_markdown(digest: Digest) -> str:
    """Markdown with a heading for each chain."""
    parts = [f"# {plain_markdown(digest.title)}", "", plain_markdown(digest.made)]
    for section in digest.sections:
        lines = [f"- {plain_markdown(with_minus(line))}" for line in section.lines]
        parts += ["", f"## {plain_markdown(section.heading)}", "", *lines]
    return "\n".join([*parts, *(text for line in digest.reviews for text in ("", plain_markdown(with_minus(line))))])


def as_html(digest: Digest) -> str:
    """A whole HTML document without styles or scripts."""
    title = _html(digest.title)
    parts = ["<!doctype html>", '<html lang="en">', f'<head><meta charset="utf-8"><title>{title}</title></head>']
    parts += ["<body>", f"<h1>{title}</h1>", f"<p>{_html(digest.made)}</p>"]
    for section in digest.sections:
        items = [f"<li>{_html(line)}</li>" for line in section.lines]
        parts += [f"<h2>{_html(section.heading)}</h2>", "<ul>", *items, "</ul>"]
    return "\n".join([*parts, *(f"<p>{_html(line)}</p>" for line in digest.reviews), "</body>", "</html>"])


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


def _html(text: str) -> str:
    return html.escape(printable(with_minus(text)))
