"""Which pictures $formatNumber takes: the rules of XPath's format-number, in JSONata's order."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.asl.jsonata.failures import Failure

_DEFAULTS = {
    "decimal-separator": ".",
    "grouping-separator": ",",
    "exponent-separator": "e",
    "percent": "%",
    "per-mille": "\u2030",
    "zero-digit": "0",
    "digit": "#",
    "pattern-separator": ";",
}


def validate(picture: str, format: Mapping[str, str] | None = None) -> None:
    """Raises:
    Failure: the picture is none; of several broken rules the last one counts.
    """
    words = {**_DEFAULTS, **(format or {})}
    parts = picture.split(words["pattern-separator"])
    if len(parts) > 2:
        raise Failure("D3080")
    for part in parts:
        broken = _broken(part, words)
        if broken:
            raise Failure(broken)


def decimal_places(picture: str, format: Mapping[str, str] | None, *, negative: bool) -> int | None:
    """After how many decimal places a number is cut off; None: it is written with an exponent.

    >>> decimal_places("#,##0.00", None, negative=False), decimal_places("0%", None, negative=True)
    (2, 2)
    """
    words = {**_DEFAULTS, **(format or {})}
    parts = picture.split(words["pattern-separator"])
    part = parts[-1] if negative else parts[0]
    _, _, fraction = part.partition(words["decimal-separator"])
    digits = {words["digit"], *(chr(ord(words["zero-digit"]) + n) for n in range(10))}
    if words["exponent-separator"] in part:
        return None
    shift = 2 * (words["percent"] in part) + 3 * (words["per-mille"] in part)
    return sum(each in digits for each in fraction) + shift


def _broken(picture: str, words: Mapping[str, str]) -> str | None:
    decimal, grouping, exponent_separator, percent, per_mille, zero, digit = list(words.values())[
        :7
    ]
    digits = {chr(ord(zero) + n) for n in range(10)}
    active = {*digits, decimal, grouping, exponent_separator, digit, words["pattern-separator"]}
    inner = _active_part(picture, active - {exponent_separator})
    mantissa, has_exponent, exponent = inner.partition(exponent_separator)
    if not has_exponent or inner.startswith(exponent_separator):
        mantissa, has_exponent, exponent = inner, "", ""
    whole, _, fraction = mantissa.partition(decimal)
    scaled = percent in picture or per_mille in picture
    at = picture.find(decimal)
    beside = {picture[at - 1 : at], picture[at + 1 : at + 2]} if at >= 0 else set()
    rules = {
        "D3081": picture.count(decimal) > 1,
        "D3082": picture.count(percent) > 1,
        "D3083": picture.count(per_mille) > 1,
        "D3084": percent in picture and per_mille in picture,
        "D3085": not any(each in digits or each == digit for each in mantissa),
        "D3086": any(each not in active for each in inner),
        "D3087": grouping in beside,
        "D3088": at < 0 and whole.endswith(grouping),
        "D3089": grouping * 2 in picture,
        "D3090": digit in whole and any(each in digits for each in whole[: whole.find(digit)]),
        "D3091": digit in fraction
        and any(each in digits for each in fraction[fraction.rfind(digit) :]),
        "D3092": bool(has_exponent) and bool(exponent) and scaled,
        "D3093": bool(has_exponent) and not (exponent and set(exponent) <= digits),
    }
    return next((code for code, broken in reversed(rules.items()) if broken), None)


def _active_part(picture: str, active: set[str]) -> str:
    """The picture without the prefix and the suffix that are written as they are."""
    places = [number for number, each in enumerate(picture) if each in active]
    return picture[places[0] : places[-1] + 1] if places else picture
