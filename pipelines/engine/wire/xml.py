"""XML as AWS's APIs write and read it: elements from plain values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def element(name: str, value: Any, *, namespace: str = "", member: str = "") -> str:
    """An element of a value.

    A mapping becomes children, None is left out. A list becomes `member` children of one
    element, or, without `member`, one element for each item, as S3 has it.

    >>> element("Key", {"Name": "a<b", "Size": 3, "Absent": None, "Tag": ["x", "y"]})
    '<Key><Name>a&lt;b</Name><Size>3</Size><Tag>x</Tag><Tag>y</Tag></Key>'
    >>> element("Tags", ["x"], member="member")
    '<Tags><member>x</member></Tags>'
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        if not member:
            return "".join(element(name, item) for item in value)
        inner = "".join(element(member, item, member=member) for item in value)
    elif isinstance(value, Mapping):
        inner = "".join(element(str(key), item, member=member) for key, item in value.items())
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = escape(_printable(str(value)))
    opening = f'{name} xmlns="{namespace}"' if namespace else name
    return f"<{opening}>{inner}</{name}>"


def _printable(text: str) -> str:
    """XML 1.0 has no way to write most control characters; S3 clients ask for URL encoding."""
    return "".join(
        character if character in "\t\n\r" or character >= " " else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def parse(text: str | bytes) -> ElementTree.Element:
    """A document's root, names without namespaces.

    Raises:
        ElementTree.ParseError: not well-formed, or with a document type (which could name
            files, or grow without bound).
    """
    head = text[:1024] if isinstance(text, str) else text[:1024].decode("latin-1")
    if "<!DOCTYPE" in head or "<!ENTITY" in head:
        raise ElementTree.ParseError("a document type is not allowed")
    root = ElementTree.fromstring(text)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root
