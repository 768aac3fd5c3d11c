"""One XML record in memory: elements by local name, where they stand, which were read."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

# Paths stand in tables of ours, so there are some hundreds of them.
_STEPS: dict[str, tuple[str, ...]] = {}


def _steps(path: str) -> tuple[str, ...]:
    steps = _STEPS[path] = tuple(path.split("/"))
    return steps


class Element(msgspec.Struct, eq=False, gc=False):
    """An element with its own text, stripped. ``is_read`` once a field was made of it.

    A message has a hundred of them for each goods item. So it is a struct that does not know
    its parent: without circles the collector of garbage need not look at it (``gc``). Where it
    stands :class:`Places` tells. Look-ups by name go through an index that is made at the
    first one, so children are added by :meth:`append` or before it. ``written`` is the name in
    the message where a format reads the element under another one; ``origin`` is the element
    of the message for which another one was made.
    """

    name: str
    line: int
    attributes: dict[str, str] | None = None
    text: str = ""
    children: "Sequence[Element]" = ()
    is_read: bool = False
    written: str = ""
    origin: "Element | None" = None
    _by_name: "dict[str, list[Element]] | None" = None

    def __repr__(self) -> str:
        return f"<{self.name} of line {self.line}>"

    def append(self, child: "Element") -> None:
        """Put a child behind the others."""
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [child]
        self._by_name = None

    def all(self, path: str) -> "list[Element]":
        """Elements below this one on a path of local names, in order."""
        steps = _STEPS.get(path) or _steps(path)
        found = (self._by_name or self._index()).get(steps[0])
        if found is None:
            return []
        for name in steps[1:]:
            found = [
                child
                for element in found
                for child in (element._by_name or element._index()).get(name, ())
            ]
        return found[:]

    def one(self, *paths: str) -> "Element | None":
        """The first element on these paths that holds text or elements."""
        index = self._by_name or self._index()
        for path in paths:
            for element in self.all(path) if "/" in path else index.get(path, ()):
                if element.text or element.children:
                    return element
        return None

    def _index(self) -> "dict[str, list[Element]]":
        index: dict[str, list[Element]] = {}
        for child in self.children:
            if child.name in index:
                index[child.name].append(child)
            else:
                index[child.name] = [child]
        self._by_name = index
        return index

    def below(self) -> "list[Element]":
        """All elements below this one, in the order of the text."""
        found: list[Element] = []
        _gather_below(self, found)
        return found

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
        for child in self.children:
            if child.children:
                child.set_aside()
            else:
                child.is_read = True


def _gather_below(element: Element, found: list[Element]) -> None:
    """Recursion is bounded by the depth that the reader of the message allows."""
    for child in element.children:
        found.append(child)
        if child.children:
            _gather_below(child, found)


def text_at(element: Element | None, *paths: str) -> str:
    """The text of the first element on these paths that has any; marks it as read."""
    if element is None:
        return ""
    index = element._by_name or element._index()
    for path in paths:
        for found in element.all(path) if "/" in path else index.get(path, ()):
            if found.text:
                found.is_read = True
                return found.text
    return ""


KnownPaths = Mapping[str, "KnownPaths"]


def known_paths(*paths: str) -> KnownPaths:
    """A tree of names: elements at the end of these paths are known with all below them."""
    tree: dict[str, Any] = {}
    for path in sorted(paths, key=len, reverse=True):
        node = tree
        *above, last = path.split("/")
        for name in above:
            node = node.setdefault(name, {})
        node[last] = {}
    return tree


class Places:
    """Where elements stand, by local names; made when somebody asks.

    ``roots`` are elements with their paths; of an element that stands below several the last
    one counts. Positions stand where names repeat.
    """

    def __init__(self, roots: Sequence[tuple[Element, str]]) -> None:
        self._roots = roots
        self._paths = {id(root): path for root, path in roots}
        self._parents: dict[int, Element] = {}

    def xpath(self, element: Element) -> str:
        if not self._parents:
            for root, _ in self._roots:
                self._note_parents(root)
        node, steps = element.origin or element, []
        while id(node) not in self._paths and (parent := self._parents.get(id(node))) is not None:
            steps.append((node.written or node.name) + _index(node, parent))
            node = parent
        return "/".join((self._paths.get(id(node), ""), *reversed(steps)))

    def _note_parents(self, element: Element) -> None:
        for child in element.children:
            self._parents[id(child)] = element
            if child.children:
                self._note_parents(child)


def _index(element: Element, parent: Element) -> str:
    namesakes = [child for child in parent.children if child.name == element.name]
    if len(namesakes) < 2:
        return ""
    return f"[{namesakes.index(element) + 1}]"


def source_of(element: Element, max_length: int) -> str:
    """The beginning of an element as XML text, without prefixes."""
    parts: list[str] = []
    size = 0
    stack: list[Element | str] = [element]
    while stack and size <= max_length:
        node = stack.pop()
        part = node if isinstance(node, str) else _opened(node)
        if not isinstance(node, str):
            if node.children:
                stack.append(f"</{node.written or node.name}>")
                stack.extend(reversed(node.children))
            else:
                part += f"</{node.written or node.name}>"
        parts.append(part)
        size += len(part)
    return "".join(parts)[:max_length]


def _opened(element: Element) -> str:
    """The start tag and the text behind it."""
    attributes = ""
    if element.attributes:
        listed = element.attributes.items()
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in listed)
    text = element.text
    if "&" in text or "<" in text or ">" in text:
        text = escape(text)
    return f"<{element.written or element.name}{attributes}>{text}"
