"""Look-backs: stored declarations are judged by law, and by names, that came after them.

Only entries that an edition changed count, or those of substances whose names changed. A new
match is stored beside those of the intake and leads to an assessment of its own; nothing of
the intake is changed or withdrawn. New is also a match whose quantity the law exempted, and does
not any more.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from risk.domain.lists.changes import months_before
from risk.domain.matching.evidence import SubstanceEvidence
from risk.domain.rescreening import StoredMatch, new_evidence, newly_named, told
from risk.models import ListEdition, ListEntry, NameChange, Rescreening, SubstanceMatch
from risk.models.lists import LAW
from risk.selectors.facts import facts_under
from risk.selectors.lists import ListsInForce
from risk.selectors.match_facts import Overlay
from risk.selectors.office import office_day
from risk.selectors.profiles import active_profile
from risk.selectors.rescreened import RescreenedItem, items_of_chunk, stored_verdicts
from risk.selectors.rescreenings import change_of, lists_after
from risk.selectors.small_quantities import Evidences, exempt_no_more
from risk.services.assessments import LIST_CHANGE, store_list_change
from risk.services.judging import Draws, judge
from risk.services.matches import Found, copy_matches
from risk.services.network_masses import weigh_numbers
from risk.services.rescreenings import open_rescreening
from shipments.models import StageRun
from shipments.models.choices import JobKind, JobStage
from shipments.services.declarations import lock_versions_of


def open_look_back(
    *, edition: ListEdition, day: date, actor: str, now: datetime
) -> tuple[Rescreening, bool]:
    """The look-back of what the edition changes on the day; whether it is new.

    The caller holds the transaction. Declarations of ``LOOK_BACK_MONTHS`` before the day
    are looked at, and those accepted since.
    """
    ListEdition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    known = Rescreening.objects.filter(kind=JobKind.LOOK_BACK, edition=edition, day=day).first()
    if known:
        return known, False
    opened = open_rescreening(
        kind=JobKind.LOOK_BACK,
        edition=edition,
        day=day,
        since=months_before(day, settings.TARGETING["LOOK_BACK_MONTHS"]),
        until=max(day, office_day(now)),
        actor=actor,
        now=now,
    )
    return opened, True


def open_name_look_back(*, before: datetime, actor: str, now: datetime) -> Rescreening | None:
    """A look-back for all names that changed before the moment and that none took up yet; None
    when there are none.

    The caller holds the transaction. Many changes make one look-back; of two callers at once the
    second finds nothing left.
    """
    waiting = NameChange.objects.filter(rescreening=None, changed_at__lt=before)
    changes = list(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not changes:
        return None
    today = office_day(now)
    opened = open_rescreening(
        kind=JobKind.NAME_LOOK_BACK,
        edition=None,
        day=today,
        since=months_before(today, settings.TARGETING["LOOK_BACK_MONTHS"]),
        until=today,
        actor=actor,
        now=now,
    )
    NameChange.objects.filter(pk__in=changes).update(rescreening=opened)
    return opened


def first_day(edition: ListEdition, *, now: datetime) -> date:
    """The first day of the edition; of one that was always law the last that it is, or today."""
    if edition.in_force_from:
        return edition.in_force_from
    today = office_day(now)
    return min(today, edition.in_force_to - timedelta(days=1)) if edition.in_force_to else today


def changes_due(*, now: datetime) -> list[tuple[ListEdition, date]]:
    """Days on which entries of editions in force change after the edition itself came into
    force, as far as they have come and nobody has looked back on them."""
    today = office_day(now)
    begun = ListEntry.objects.filter(
        edition__state__in=LAW,
        edition__entered_force_at__isnull=False,
        effective_from__lte=today,
    ).exclude(edition__in_force_to__lte=today)
    pairs = begun.values_list("edition", "effective_from", "edition__entered_force_at").distinct()
    due = {(pk, day) for pk, day, entered in pairs if day and entered and day > office_day(entered)}
    known = Rescreening.objects.filter(kind=JobKind.LOOK_BACK, edition__in=[pk for pk, _ in due])
    due -= set(known.values_list("edition", "day"))
    editions = ListEdition.objects.in_bulk([pk for pk, _ in due])
    return [(editions[pk], day) for pk, day in sorted(due)]


def judge_declarations(look_back: Rescreening, *, chunk: int, draws: Draws) -> Mapping[str, int]:
    """Store the new matches of the chunk's declarations, and the assessments they lead to.

    The caller holds the transaction. What an earlier run of this chunk stored is replaced.
    """
    lists = lists_after(look_back)
    items = items_of_chunk(look_back, chunk)
    news = _news(look_back, items, lists)
    ids = [item.id for item in items]
    earlier = SubstanceMatch.objects.filter(look_back=look_back, goods_item__in=ids)
    removed, _ = earlier.delete()
    copy_matches(
        Found(item_id, evidence, lists, look_back_id=look_back.pk)
        for item_id, new in news.items()
        for evidences in new.values()
        for evidence in evidences
    )
    profile_id, profile = active_profile()
    declarations = sorted({item.declaration_id for item in items if item.id in news})
    if news or removed:
        _weigh(sorted({item.registration_number for item in items}))
    overlay = Overlay(lists, news, look_back.pk)
    found_facts = facts_under(declaration_ids=declarations, overlay=overlay)
    store_list_change(
        assessed=judge(found_facts, profile, draws),
        profile_id=profile_id,
        lists=lists,
        trigger_key=trigger_key(look_back),
        look_back_id=look_back.pk,
    )
    return {"declaration": len(declarations), "match": len(news)}


def _weigh(numbers: Sequence[str]) -> None:
    """Links bear what was found now, and no more what an earlier run of the chunk had found."""
    lock_versions_of(numbers=numbers)
    weigh_numbers(numbers=numbers)


def _news(
    look_back: Rescreening, items: Sequence[RescreenedItem], lists: ListsInForce
) -> dict[int, Evidences]:
    """By item the evidence that is new, by substance."""
    change = change_of(look_back)
    pairs = [(item.description, item.commodity_code) for item in items]
    stored = stored_verdicts((item.id for item in items), before=look_back)
    found = {
        item.id: told(evidences, change.come_substances)
        for item, evidences in zip(items, lists.screener.screen_many(pairs), strict=True)
    }
    news = {
        pk: new for pk, own in found.items() if (new := _new(look_back, own, stored.get(pk, {})))
    }
    if look_back.edition is None or not change.exempting:
        return news
    # Matched before and nothing more is said of it but, perhaps, of its quantity.
    asked = {
        pk: {
            key: own[key]
            for key in change.exempting & own.keys() & stored.get(pk, {}).keys()
            if key not in news.get(pk, {})
        }
        for pk, own in found.items()
    }
    more = exempt_no_more(
        items,
        asked,
        stored,
        overlay=Overlay(lists, news, look_back.pk),
        trigger=(LIST_CHANGE, trigger_key(look_back)),
    )
    return {pk: {**news.get(pk, {}), **more.get(pk, {})} for pk in news | more}


def _new(
    look_back: Rescreening,
    found: Mapping[str, Sequence[SubstanceEvidence]],
    stored: Mapping[str, Sequence[StoredMatch]],
) -> Mapping[str, Sequence[SubstanceEvidence]]:
    if look_back.edition is None:
        return newly_named(found, stored)
    return new_evidence(found, stored, list_code=look_back.edition.control_list.code)


def trigger_key(look_back: Rescreening) -> str:
    """Names the change of law, or of names, in the assessments that it led to."""
    edition = look_back.edition
    if edition is None:
        same_day = Rescreening.objects.filter(kind=JobKind.NAME_LOOK_BACK, day=look_back.day)
        return f"names/{look_back.day}/{same_day.filter(pk__lte=look_back.pk).count()}"
    return f"{edition.control_list.code}/{edition.number}/{look_back.day}"


def store_result(look_back: Rescreening) -> None:
    """Add up what the chunks stored; the caller holds the transaction."""
    runs = StageRun.objects.filter(job=look_back.job_id, stage=JobStage.JUDGE)
    counts = list(runs.values_list("counts", flat=True))
    look_back.match_count = sum(one["match"] for one in counts)
    look_back.alert_count = sum(one["alert"] for one in counts)
    look_back.save(update_fields=["match_count", "alert_count"])
