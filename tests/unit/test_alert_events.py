"""Streams of Server-Sent Events, as they are written."""

from targeting.domain.alert_events import MOST_EVENTS, AlertChange, AlertChanges, stream_of


def changed(*offices):
    rows = tuple(AlertChange(n, False, office) for n, office in enumerate(offices, 1))
    return AlertChanges(rows, "7:9:8", True)


def test_changes_when_narrowed_then_only_those_of_the_offices_and_the_same_position():
    own = changed("55301", "50000", "55301").within(frozenset({"55301"}))
    assert [one.alert for one in own.changes] == [1, 3]
    assert own.cursor == "7:9:8"
    assert stream_of(own).decode().splitlines() == [
        "event: alert",
        'data: {"alert":1,"is_new":false}',
        "",
        "event: alert",
        'data: {"alert":3,"is_new":false}',
        "",
        "id: 7:9:8",
        "",
    ]
    assert "50000" not in stream_of(changed("50000")).decode()


def test_changes_when_not_complete_then_the_reader_loads_anew():
    told = AlertChanges((), "9:9:", False)
    assert stream_of(told) == b"event: reload\ndata: {}\n\nid: 9:9:\n\n"
    assert MOST_EVENTS > 100
