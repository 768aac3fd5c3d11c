"""One XML record in memory: elements by local name, where they stand, which were read."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr


class Element:
    """An element with its own text, stripped. ``is_read`` once a field was made of it."""

    __slots__ = (
        "_counts",
        "attributes",
        "children",
        "is_read",
        "line",
        "name",
        "parent",
        "position",
        "text",
    )

    def __init__(
        self, name: str, line: int, parent: "Element | None", attributes: dict[str, str] | None
    ) -> None:
        self.name = name
        self.line = line
        self.parent = parent
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""
        self.is_read = False
        self.position = 0
        self._counts: dict[str, int] | None = None

    def count_child(self, name: str) -> int:
        """The position, from 1, of a child that is not kept."""
        if self._counts is None:
            self._counts = {}
        self._counts[name] = self._counts.get(name, 0) + 1
        return self._counts[name]

    def all(self, path: str) -> "list[Element]":
        """Elements below this one on a path of local names, in order."""
        found = [self]
        for name in path.split("/"):
            found = [child for element in found for child in element.children if child.name == name]
        return found

    def one(self, *paths: str) -> "Element | None":
        """The first element on these paths that holds text or elements."""
        for path in paths:
            for element in self.all(path):
                if element.text or element.children:
                    return element
        return None

    def below(self) -> "Iterator[Element]":
        """All elements below this one, in the order of the text."""
        stack = self.children[::-1]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(element.children[::-1])

    def named(self, *names: str) -> "list[Element]":
        """Elements of these names anywhere below that hold text."""
        return [element for element in self.below() if element.name in names and element.text]

    def read(self) -> str:
        """The text, marking the element as read."""
        self.is_read = True
        return self.text

    def set_aside(self) -> None:
        """Mark the element and all below it as known and not needed."""
        self.is_read = True
        for element in self.below():
            element.is_read = True


def text_at(element: Element | None, *paths: str) -> str:
    """The text of the first element on these paths that has any; marks it as read."""
    if element is None:
        return ""
    for path in paths:
        for found in element.all(path):
            if found.text:
                return found.read()
    return ""


def xpath_of(element: Element) -> str:
    """Where an element stands, by local names; positions where names repeat."""
    steps = []
    node: Element | None = element
    while node is not None:
        steps.append(node.name + _index(node))
        node = node.parent
    return "/" + "/".join(reversed(steps))


def _index(element: Element) -> str:
    if element.position:
        return f"[{element.position}]" if element.position > 1 else ""
    if element.parent is None:
        return ""
    namesakes = [child for child in element.parent.children if child.name == element.name]
    if len(namesakes) < 2:
        return ""
    return f"[{namesakes.index(element) + 1}]"


def source_of(element: Element, max_length: int) -> str:
    """The beginning of an element as XML text, without prefixes."""
    parts: list[str] = []
    size = 0
    for part in _source_parts(element):
        parts.append(part)
        size += len(part)
        if size > max_length:
            break
    return "".join(parts)[:max_length]


def _source_parts(element: Element) -> Iterator[str]:
    stack: list[Element | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        attributes = "".join(
            f" {name}={quoteattr(value)}" for name, value in (node.attributes or {}).items()
        )
        yield f"<{node.name}{attributes}>{escape(node.text)}"
        stack.append(f"</{node.name}>")
        stack.extend(node.children[::-1])
