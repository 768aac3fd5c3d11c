"""The learned score on the shipped Korean declarations, as their split prescribes."""

import hashlib
import lzma
import re
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command

from config import env
from risk.domain.learning.wco_korea import (
    FEATURES,
    TEST,
    TRAINING,
    VALIDATION,
    Encoder,
    Part,
    read_part,
)

FOLDER = env.PROJECT / "fixtures" / "learning" / "wco_korea"
PUBLISHED = {
    TRAINING: ("ecec832d94f9f01e49a76884102c8d346945b61cf26b36ca75fea1a703a3cec5", 37_385),
    VALIDATION: ("ad012c2da5ec025e6676466f10535309028ec0963b6a135215fbb07de79ac7de", 8_134),
    TEST: ("618b81fca639119e40dfdb55dfa7f07822b7bd5abdcdb66fc8d02d71ebbba98e", 8_481),
}


@pytest.fixture(scope="module")
def training() -> Part:
    return read_part(FOLDER / f"{TRAINING}.csv.xz")


def test_parts_when_unpacked_then_as_published() -> None:
    for name, (digest, rows) in PUBLISHED.items():
        content = lzma.decompress((FOLDER / f"{name}.csv.xz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == digest
        assert len(content.splitlines()) == rows + 1


def test_unseen_tuples_when_counted_then_those_of_the_published_split(training: Part) -> None:
    for name, unseen in ((VALIDATION, 1_348), (TEST, 1_446)):
        assert read_part(FOLDER / f"{name}.csv.xz").unseen_in(training).sum() == unseen
    assert training.unseen_in(training).sum() == 0
    assert training.weights.sum() == pytest.approx(len(set(training.tuples)))


def test_part_when_its_columns_are_others_then_refused(tmp_path) -> None:
    path = tmp_path / "train.csv.xz"
    path.write_bytes(lzma.compress(b"HS6 Code,Fraud\n290319,1\n"))
    with pytest.raises(ValueError, match="other columns"):
        read_part(path)


def test_features_when_labels_of_a_tuple_change_then_its_own_rows_do_not_know(
    training: Part,
) -> None:
    """The features of a training row hold nothing of its own label or of its repetitions."""
    part = training.chosen(np.arange(len(training.rows)) < 3000)
    own = np.array([one == part.tuples[0] for one in part.tuples])
    told = Encoder(part, prior=30).training_rows()
    rows = [
        {**row, "Fraud": "1" if row["Fraud"] == "0" else "0"} if is_own else row
        for row, is_own in zip(part.rows, own, strict=True)
    ]
    changed = Encoder(Part(rows), prior=30).training_rows()
    assert told.shape == (3000, len(FEATURES))
    overall = np.abs(changed[own] - told[own]).max()
    others = np.abs(changed[~own] - told[~own]).max()
    # What is left is the rate of all rows, towards which every category is drawn.
    assert overall < 0.005
    assert others > 0.02


def test_learned_score_when_tuples_are_unseen_then_above_the_bar() -> None:
    """The command ends with an error when the lower bound is not above 0.60."""
    out = StringIO()
    call_command("evaluate_learning", resamples=300, stdout=out)
    unseen = out.getvalue().rpartition("test, 1446 rows of unseen tuples (296 fraud)")[2]
    area, low = map(float, re.search(r"learned score \| ([\d.]+) \[([\d.]+)", unseen).groups())
    assert low > 0.60
    assert area > 0.63
    looked_up = float(re.search(r"tuple looked up \| ([\d.]+)", unseen).group(1))
    assert looked_up == 0.5  # these rows are indeed unseen
