"""Reading request bodies: JSON or forms in, checked structs out; else `Invalid` with the field at fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.inspect import LiteralType, StructType, Type, UnionType, type_info
from starlette.datastructures import UploadFile
from starlette.requests import Request

from mock_api.core.errors import Invalid, TooLarge
from mock_api.core.redaction import redact

from .forms import NOT_BLANK
from .refusals import UnsupportedMedia

Model = TypeVar("Model", bound=Struct)

JSON_LIMIT = 1024 * 1024   # bytes of an operator's JSON
FIELDS, FILES = 100, 4     # parts of a form
FIELD_LIMIT = 512 * 1024   # bytes of a form field

_WHERE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`")
_FIELD = re.compile(r"field `([^`]*)`")
_NOT_BLANK = f"Expected `str` matching regex {NOT_BLANK!r}"
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


async def read_json(request: Request, model: type[Model], limit: int | None = JSON_LIMIT) -> Model:
    """The JSON body as a `model`; no body is read as an empty object.

    `limit` is in bytes; with None the wire's own limit is all there is.
    """
    body = await request.body()
    if limit is not None and len(body) > limit:
        raise TooLarge(f"The body may have at most {limit} bytes.")
    if not body:
        body = b"{}"
    elif not _is_json(request):
        forms = "" if limit is not None else ", multipart/form-data or application/x-www-form-urlencoded"
        raise UnsupportedMedia(f"Send the body as application/json{forms}.")
    return _decoded(body, model)


async def read_fields(
    request: Request, model: type[Model], files: tuple[str, ...] = ()
) -> tuple[Model, frozenset[str]]:
    """A JSON or form body as a `model`, and which of `files` came as an upload.

    Bracketed names of a form nest: `video[id]` is the `id` of `video`, `tags[]` a list. Uploads are not kept,
    fields that are not known are passed over.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        return await read_json(request, model, limit=None), frozenset()
    try:
        async with request.form(max_files=FILES, max_fields=FIELDS, max_part_size=FIELD_LIMIT) as form:
            parts = form.multi_items()
    except UnicodeError:
        raise Invalid("The form is not written in the character set it names.") from None
    known = {field.encode_name for field in msgspec.structs.fields(model)}
    parts = [(name, part) for name, part in parts if name.partition("[")[0] in known]
    uploads = frozenset(name for name, part in parts if isinstance(part, UploadFile))
    for name in uploads - set(files):
        raise Invalid(f"`{name}` does not take a file.", param=name)
    tree = _nested([(name, part) for name, part in parts if isinstance(part, str)])
    return _converted(tree, model), uploads


def _is_json(request: Request) -> bool:
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


def _decoded(body: bytes, model: type[Model]) -> Model:
    try:
        try:
            return msgspec.json.decode(body, type=model)
        except msgspec.ValidationError:
            tree = _whole(msgspec.json.decode(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        why = "it nests too deeply" if isinstance(error, RecursionError) else str(error)
        raise Invalid(f"The body is not JSON that can be read: {redact(why)}.") from None
    return _converted(tree, model)


def _whole(tree: Any) -> Any:
    """The tree with `1.0` as 1: to JSON Schema both are integers, to msgspec only the latter is."""
    if isinstance(tree, dict):
        return {name: _whole(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_whole(value) for value in tree]
    return int(tree) if isinstance(tree, float) and tree.is_integer() and abs(tree) < 2**53 else tree


def _converted(tree: Any, model: type[Model]) -> Model:
    try:
        return msgspec.convert(tree, model)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), model, tree) from None


def _invalid(text: str, model: type[Struct], tree: Any) -> Invalid:
    """The sentence and the field at fault, with what would do: the known fields, the allowed values."""
    place = _WHERE.search(text)
    path = place[1] if place else ""
    sentence = _WHERE.sub("", text).replace(_NOT_BLANK, "Expected text that is not blank")
    field = _FIELD.search(sentence)
    param = ".".join(part for part in (path, field[1] if field else "") if part)
    if "unknown field" in sentence:
        sentence += f"; known are {', '.join(_known_fields(_at(type_info(model), tree, path)))}"
    values = [str(value) for kind in _at(type_info(model), tree, param) for value in _values(kind)]
    if values:
        sentence += f"; allowed are {', '.join(dict.fromkeys(values))}"
    sentence = f"{sentence} at `{path}`." if path else f"{sentence}."
    return Invalid(redact(sentence), param=redact(param) or None)


def _known_fields(kinds: Iterable[Type]) -> list[str]:
    names: list[str] = []
    for struct in kinds:
        if isinstance(struct, StructType):
            names += [struct.tag_field] if struct.tag_field else []
            names += [field.encode_name for field in struct.fields]
    return list(dict.fromkeys(names))


def _values(kind: Type) -> tuple[object, ...]:
    return kind.values if isinstance(kind, LiteralType) else ()


def _at(info: Type, value: Any, path: str) -> list[Type]:
    """What may stand at a dotted `path` of `info`; of several structs only the one whose tag `value` bears."""
    inside = value if isinstance(value, dict) else {}
    kinds = list(info.types) if isinstance(info, UnionType) else [info]
    structs = [kind for kind in kinds if isinstance(kind, StructType)]
    structs = [kind for kind in structs if inside.get(kind.tag_field) == kind.tag] or structs
    step, _, rest = re.sub(r"\[[^\]]*\]", "", path).partition(".")
    if not step:
        return [*structs, *(kind for kind in kinds if not isinstance(kind, StructType))]
    found: list[Type] = []
    for struct in structs:
        if step == struct.tag_field:
            found.append(LiteralType((str(struct.tag),)))
        for field in struct.fields:
            if field.encode_name == step:
                found += _at(getattr(field.type, "item_type", field.type), inside.get(step), rest)
    return found


def _nested(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Form fields as a tree, by the bracket notation of OpenAI's clients."""
    tree: dict[str, Any] = {}
    for name, value in fields:
        head = name.partition("[")[0]
        steps = _BRACKETS.findall(name[len(head):])
        if name != head + "".join(f"[{step}]" for step in steps) or len(steps) > 8:
            raise Invalid("A form field has brackets that do not match.", param=redact(head) or None)
        node: Any = tree
        for step, following in zip([head, *steps], [*steps, None], strict=True):
            node = _step(node, step, following, value, head)
    return tree


def _step(node: Any, step: str, following: str | None, value: str, head: str) -> Any:
    """Put `value` at `step` of `node`, or go down there; a name that is given twice is refused."""
    branch: Any = value if following is None else [] if following == "" else {}
    if isinstance(node, list) and step == "":
        node.append(branch)
        return branch
    known = node.get(step) if isinstance(node, dict) else value
    if known is None:
        node[step] = branch
        return branch
    if following is None or type(known) is not type(branch):
        raise Invalid("A form field is given twice.", param=redact(head) or None)
    return known
