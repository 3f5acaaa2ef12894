"""Where paths meet: the least type that allows what either path brings, and one that ends loops.

Both functions give back their first argument itself when it allows the second one already, so
that a state is analysed again only when something new reaches it.
"""

from __future__ import annotations

from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    ANY_OBJECT,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_ITEMS,
    MAX_TEXTS,
    NEVER,
    UNKNOWN,
    Array,
    Field,
    Number,
    Object,
    Presence,
    Text,
    Type,
)


def join(one: Type, other: Type, depth: int = MAX_DEPTH) -> Type:
    """The type that allows every value of both, or more: what lies deeper may be anything, since
    states that wrap their input nest it without end.

    >>> from pipelines.asl.checker.flow.values.types import NULL, TEXT
    >>> str(join(TEXT, NULL))
    'a text or null'
    """
    if one is other or one.unknown or other is NEVER:
        return one
    if other.unknown or one is NEVER:
        return other
    if depth <= 0:
        return UNKNOWN
    number = _joined_numbers(one.number, other.number)
    text = _joined_texts(one.text, other.text)
    array = _joined_arrays(one.array, other.array, depth - 1)
    object = _joined_objects(one.object, other.object, depth - 1)
    null, booleans = one.null or other.null, one.booleans | other.booleans
    if (
        number is one.number
        and text is one.text
        and array is one.array
        and object is one.object
        and null is one.null
        and booleans == one.booleans
    ):
        return one
    return Type(null, booleans, number, text, array, object)


def element_of(array: Array) -> Type:
    """The type of any of its elements."""
    found = array.rest
    for item in array.items:
        found = join(found, item.type)
    return found


def value_of(object: Object) -> Type:
    """The type of any of its fields' values."""
    found = object.rest
    for each in object.fields.values():
        found = join(found, each.type)
    return found


def _joined_numbers(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None or one == other:
        return other if one is None else one
    values = None
    if one.values is not None and other.values is not None:
        union = one.values | other.values
        values = union if len(union) <= MAX_TEXTS else None
    joined = Number(one.integer and other.integer, values)
    return one if joined == one else joined


def _joined_texts(one: Text | None, other: Text | None) -> Text | None:
    if one is None or other is None:
        return other if one is None else one
    known = one.known
    if one.known is None or other.known is None:
        known = None
    elif not other.known <= one.known:
        union = one.known | other.known
        known = union if len(union) <= MAX_TEXTS else None
    content = one.content if one.content is other.content else None
    return one if known is one.known and content is one.content else Text(known, content)


def _joined_arrays(one: Array | None, other: Array | None, depth: int) -> Array | None:
    if one is None or other is None or one is other:
        return other if one is None else one
    count = min(max(len(one.items), len(other.items)), MAX_ITEMS)
    items: list[Field] = []
    for index in range(count):
        left = one.items[index] if index < len(one.items) else _others(one.rest)
        right = other.items[index] if index < len(other.items) else _others(other.rest)
        items.append(_joined_fields(left, right, depth))
    rest = join(one.rest, other.rest, depth)
    while items and items[-1].type is rest and items[-1].presence is Presence.USUALLY:
        items.pop()
    if (
        rest is one.rest
        and len(items) == len(one.items)
        and all(new is old for new, old in zip(items, one.items, strict=True))
    ):
        return one
    return Array(tuple(items), rest)


def _joined_objects(one: Object | None, other: Object | None, depth: int) -> Object | None:
    if one is None or other is None or one is other:
        return other if one is None else one
    rest, others = join(one.rest, other.rest, depth), _joined_others(one, other)
    names = list(one.fields)
    if one.fields.keys() != other.fields.keys():
        names = _listed(one, other)
        names += [name for name in _listed(other, one) if name not in one.fields]
    if len(names) > MAX_FIELDS:
        rest, others, names = UNKNOWN, Presence.USUALLY, names[:MAX_FIELDS]
    is_same = rest is one.rest and others is one.others and len(names) == len(one.fields)
    fields: dict[str, Field] = {}
    for name in names:
        old, new = one.fields.get(name), other.fields.get(name)
        if old and new and new.type is old.type and new.presence <= old.presence:
            fields[name] = old  # as nearly always: nothing is to be joined
            continue
        fields[name] = _joined_fields(old or _unlisted(one), new or _unlisted(other), depth)
        is_same = is_same and fields[name] is old
    return one if is_same else Object(fields, rest, others)


def _listed(one: Object, other: Object) -> list[str]:
    """The fields of one that remain known: what the other does not list may be anything in it."""
    if other.rest.unknown and other.others is Presence.USUALLY:
        fewer, more = sorted((one.fields, other.fields), key=len)
        return [name for name in fewer if name in more]
    return list(one.fields)


def _joined_others(one: Object, other: Object) -> Presence:
    """Whether the fields are there that neither lists, if one of the two may have any."""
    if one.rest.is_never or other.rest.is_never:
        return other.others if one.rest.is_never else one.others
    return min(one.others, other.others)


def _unlisted(object: Object) -> Field | None:
    return _others(object.rest, object.others)


def _others(rest: Type, presence: Presence = Presence.USUALLY) -> Field | None:
    return None if rest.is_never else Field(rest, presence)


def _joined_fields(one: Field | None, other: Field | None, depth: int) -> Field:
    if one is None or other is None:
        only = one or other
        if only is None:
            raise ValueError("one of the two has the field")
        return only if only.presence is Presence.SOMETIMES else Field(only.type, Presence.SOMETIMES)
    type = join(one.type, other.type, depth)
    presence = max(one.presence, other.presence)
    return one if type is one.type and presence is one.presence else Field(type, presence)


def widen(old: Type, new: Type, depth: int = MAX_DEPTH) -> Type:
    """A type that allows all of `new`, and that only finitely many steps can change again.

    Args:
        old: What was there when the loop went around last.
        new: A join of it with something.

    Where the two differ, anything of the kind is allowed; new fields make an object open.
    """
    if new is old or old.unknown or old.is_never:
        return new if old.is_never else old
    if new.unknown or depth <= 0:
        return UNKNOWN
    return Type(
        null=new.null,
        booleans=new.booleans,
        number=new.number if new.number == old.number else Number(_is_integer(new)),
        text=new.text if new.text is old.text else Text(),
        array=_widened_array(old.array, new.array, depth - 1),
        object=_widened_object(old.object, new.object, depth - 1),
    )


def _is_integer(type: Type) -> bool:
    return type.number is not None and type.number.integer


def _widened_array(old: Array | None, new: Array | None, depth: int) -> Array | None:
    if new is None or new is old:
        return new
    if old is None:
        return ANY_ARRAY.array
    element = element_of(old)
    return Array((), widen(element, join(element, element_of(new)), depth))


def _widened_object(old: Object | None, new: Object | None, depth: int) -> Object | None:
    if new is None or new is old:
        return new
    if old is None:
        return ANY_OBJECT.object
    fields = {
        name: Field(widen(old.fields[name].type, each.type, depth), each.presence)
        for name, each in new.fields.items()
        if name in old.fields
    }
    is_closed = len(fields) == len(new.fields) and new.rest.is_never
    return Object(fields, NEVER if is_closed else UNKNOWN)
