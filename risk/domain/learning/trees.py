"""A trained ensemble of regression trees as plain arrays: its scores, and what each is made of.

What is stored is numbers and names, never a pickle: reading a pickle runs what is in it. The
raw score is the logarithm of the odds; it is the baseline and one leaf of every tree.
"""

import io
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Numbers: TypeAlias = NDArray[np.float64]

ARTEFACT_VERSION = 1
_ROWS_AT_ONCE = 256


class ArtefactRefused(ValueError):
    """The bytes are no ensemble of trees that this version reads."""


class Nodes(NamedTuple):
    """The nodes of all trees, a tree after the other; one place is one node in every array.

    ``feature`` is -1 at a leaf, which alone has a ``value`` (log odds). A row goes to ``left``
    when its number is at most ``threshold``, or is missing (NaN) and ``missing_left`` says so.
    ``left`` and ``right`` are places in these arrays, behind their parent's. ``cover`` is the
    number of training rows that reached the node.
    """

    feature: NDArray[np.int32]
    threshold: Numbers
    missing_left: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Numbers
    cover: NDArray[np.int64]


_KINDS = tuple(map(np.dtype, ("i4", "f8", "?", "i4", "i4", "f8", "i8")))


class _Leaves(NamedTuple):
    """The leaves of one tree as boxes: shape (leaves, features on the longest path).

    A row is within a side of the box when ``low < number <= high``, or the number is missing
    and ``missing`` says so. ``share`` is the share of training rows that kept to the path at
    the splits by this feature. Sides that a leaf does not have are open and have share 1.
    """

    feature: NDArray[np.int32]
    low: Numbers
    high: Numbers
    missing: NDArray[np.bool_]
    share: Numbers
    value: Numbers


class TreeEnsemble:
    """Trees over the named ``features``; ``roots`` are the places of their first nodes."""

    def __init__(
        self, features: tuple[str, ...], baseline: float, roots: NDArray[np.int32], nodes: Nodes
    ) -> None:
        """:raises ArtefactRefused: a walk could leave its tree, or a number is none."""
        self.features = features
        self.baseline = float(baseline)
        self.roots = roots
        self.nodes = nodes
        _check(self)
        self._leaves: tuple[_Leaves, ...] | None = None

    def raw_scores(self, rows: Numbers) -> Numbers:
        """The log odds of each row of shape (rows, features); NaN is a missing number."""
        self._check_rows(rows)
        scores = np.full(len(rows), self.baseline)
        every = np.arange(len(rows))
        for root in self.roots:
            at = np.full(len(rows), root, dtype=np.int32)
            moving = every
            while len(moving):
                moving = moving[self.nodes.feature[at[moving]] >= 0]
                here = at[moving]
                number = rows[moving, self.nodes.feature[here]]
                to_left = np.where(
                    np.isnan(number),
                    self.nodes.missing_left[here],
                    number <= self.nodes.threshold[here],
                )
                at[moving] = np.where(to_left, self.nodes.left[here], self.nodes.right[here])
            scores += self.nodes.value[at]
        return scores

    def probabilities(self, rows: Numbers) -> Numbers:
        """What the model takes for the chance of each row, 0 to 1."""
        return np.asarray(expit(self.raw_scores(rows)), dtype=np.float64)

    def contributions(self, rows: Numbers) -> tuple[float, Numbers]:
        """The expected raw score, and per row and feature what moves the row away from it.

        Expected score + sum of a row's contributions = its raw score. They are the exact
        Shapley values of the tree's own expectations (Lundberg et al. 2020, path-dependent
        TreeSHAP): an unknown feature follows each split by the shares of the training rows.
        For one leaf the game is a product over its features, whose Shapley value is the
        integral of a polynomial in the chance of being known; Gauss-Legendre nodes give it
        without error. Cost: rows × leaves × depth².
        """
        self._check_rows(rows)
        if self._leaves is None:
            self._leaves = tuple(_leaves(self.nodes, int(root)) for root in self.roots)
        found = np.zeros(rows.shape)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            for leaves in self._leaves:
                found[part] += _shares_of(leaves, rows[part])
        expected = self.baseline + sum(
            float(leaves.value @ leaves.share.prod(axis=1)) for leaves in self._leaves
        )
        return expected, found

    def packed(self) -> bytes:
        """As :meth:`unpacked` reads it; the same ensemble gives the same bytes."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            version=np.array(ARTEFACT_VERSION),
            features=np.array(self.features),
            baseline=np.array(self.baseline),
            roots=self.roots,
            **self.nodes._asdict(),
        )
        return buffer.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes) -> "TreeEnsemble":
        """:raises ArtefactRefused: these are other bytes, of another version, or not sound."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
                parts = dict(arrays)
        except (ValueError, OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise ArtefactRefused("not an archive of arrays") from error
        wanted = {"version", "features", "baseline", "roots", *Nodes._fields}
        if set(parts) != wanted or parts["version"] != ARTEFACT_VERSION:
            raise ArtefactRefused("not the arrays of this version")
        if parts["features"].dtype.kind != "U" or parts["baseline"].shape != ():
            raise ArtefactRefused("features or baseline are of another kind")
        return cls(
            tuple(str(name) for name in parts["features"]),
            float(parts["baseline"]),
            parts["roots"],
            Nodes(**{name: parts[name] for name in Nodes._fields}),
        )

    def _check_rows(self, rows: Numbers) -> None:
        if rows.ndim != 2 or rows.shape[1] != len(self.features):
            raise ValueError(f"{len(self.features)} features are expected, given: {rows.shape}")


def _check(ensemble: TreeEnsemble) -> None:
    nodes, roots = ensemble.nodes, ensemble.roots
    size = len(nodes.feature)
    if (
        roots.dtype != np.int32
        or roots.ndim != 1
        or any(
            part.shape != (size,) or part.dtype != kind
            for part, kind in zip(nodes._asdict().values(), _KINDS, strict=True)
        )
    ):
        raise ArtefactRefused("arrays of other shapes or kinds")
    inner = nodes.feature >= 0
    places = np.arange(size)[inner]
    left, right = nodes.left[inner], nodes.right[inner]
    if not (
        len(set(ensemble.features)) == len(ensemble.features)
        and np.all((nodes.feature >= -1) & (nodes.feature < len(ensemble.features)))
        and np.all((roots >= 0) & (roots < size))
        # Behind their parent, so that every walk ends; each child of one parent only.
        and np.all((left > places) & (left < size) & (right > places) & (right < size))
        and len(np.unique(np.concatenate([left, right, roots]))) == 2 * len(places) + len(roots)
    ):
        raise ArtefactRefused("nodes that are no trees")
    if not (
        math.isfinite(ensemble.baseline)
        and np.all(np.isfinite(nodes.value))
        and not np.any(np.isnan(nodes.threshold))
        and np.all(nodes.cover > 0)
        and np.all(nodes.cover[left] + nodes.cover[right] == nodes.cover[inner])
    ):
        raise ArtefactRefused("numbers that are none")


_Side: TypeAlias = tuple[float, float, bool, float]
_OPEN: _Side = (-math.inf, math.inf, True, 1.0)


def _leaves(nodes: Nodes, root: int) -> _Leaves:
    boxes = list(_walk(nodes, root))
    width = max(1, *(len(sides) for _, sides in boxes))
    feature = np.zeros((len(boxes), width), dtype=np.int32)
    sides_of = np.empty((len(boxes), width, 4))
    sides_of[:] = _OPEN
    for place, (_, sides) in enumerate(boxes):
        feature[place, : len(sides)] = list(sides)
        if sides:
            sides_of[place, : len(sides)] = list(sides.values())
    low, high, missing, share = np.moveaxis(sides_of, 2, 0)
    value = np.array([value for value, _ in boxes])
    return _Leaves(feature, low, high, missing.astype(bool), share, value)


def _walk(nodes: Nodes, root: int) -> Iterator[tuple[float, Mapping[int, _Side]]]:
    """Value and sides of every leaf below ``root``."""
    waiting: list[tuple[int, dict[int, _Side]]] = [(root, {})]
    while waiting:
        place, sides = waiting.pop()
        feature = int(nodes.feature[place])
        if feature < 0:
            yield float(nodes.value[place]), sides
            continue
        low, high, missing, share = sides.get(feature, _OPEN)
        threshold = float(nodes.threshold[place])
        missing_left = bool(nodes.missing_left[place])
        for child, side in (
            (nodes.left[place], (low, min(high, threshold), missing and missing_left)),
            (nodes.right[place], (max(low, threshold), high, missing and not missing_left)),
        ):
            kept = share * float(nodes.cover[child]) / float(nodes.cover[place])
            waiting.append((int(child), {**sides, feature: (*side, kept)}))


def _shares_of(leaves: _Leaves, rows: Numbers) -> Numbers:
    """What every feature contributes by one tree, of shape (rows, features)."""
    numbers = rows[:, leaves.feature]  # rows × leaves × width
    known = np.where(
        np.isnan(numbers), leaves.missing, (numbers > leaves.low) & (numbers <= leaves.high)
    ).astype(np.float64)
    gain = known - leaves.share
    total = np.zeros(numbers.shape)
    width = leaves.feature.shape[1]
    points, weights = np.polynomial.legendre.leggauss((width + 1) // 2)
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        factors = leaves.share + point * gain
        product = factors.prod(axis=2) * leaves.value * weight
        total += product[:, :, np.newaxis] / factors
    total *= gain
    found = np.zeros(rows.shape)
    places = np.arange(len(rows))[:, np.newaxis]
    np.add.at(found, (places, leaves.feature.ravel()), total.reshape(len(rows), -1))
    return found
