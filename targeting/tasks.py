"""The Celery tasks: thin calls into the pipeline and the services."""

from datetime import timedelta
from time import monotonic

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from risk.selectors.office import midnight, office_day
from risk.services import draws
from risk.services.baskets import find_reagent_baskets
from risk.services.channels import propose_supply_channels
from risk.services.look_backs import changes_due, first_day
from risk.services.network_metrics import measure_network, refresh_network
from risk.services.party_likenesses import compare_parties
from risk.services.profile_drafts import activate_due
from risk.services.resolution import fold_parties
from risk.services.texts import index_texts
from risk.services.trader_categories import categorise_traders
from shipments.services.amendments import lapse_amendments as end_waiting
from shipments.services.raw_messages import clear_orphans, compress_messages
from targeting import jobs, pipeline
from targeting.services import saved_searches
from targeting.services.audit import seal_events
from targeting.services.audit_alarm import check_chain
from targeting.services.editions import bring_into_force
from targeting.services.expiry import clear_expired
from targeting.services.history import changes_by
from targeting.services.model_drift import check_drift
from targeting.services.orphaned_files import remove_orphaned_files
from targeting.services.outbox import deliver_due
from targeting.services.partitions import make_partitions, rows_without_month
from targeting.services.questions import remind_operators
from targeting.services.retention import remove_due
from targeting.services.webhook_delivery import deliver_webhooks
from targeting.services.webhook_routing import MOST_AT_ONCE, route_events

log = structlog.get_logger(__name__)


@shared_task(name=pipeline.RUN_STAGE, ignore_result=True)
def run_stage(run_id: int) -> int:
    return pipeline.run_stage(run_id)


@shared_task(name="targeting.tasks.sweep", ignore_result=True)
def sweep() -> int:
    return pipeline.sweep()


@shared_task(name="targeting.tasks.seal_audit", ignore_result=True)
def seal_audit() -> int:
    """Seal, and leave the head in the log: a copy of it that the database's owner cannot change."""
    count, head = seal_events(now=timezone.now())
    if count and head:
        digest = bytes(head.digest).hex()
        log.info("audit sealed", events=count, position=head.position, digest=digest)
    return count


@shared_task(name="targeting.tasks.check_audit", ignore_result=True)
def check_audit() -> bool:
    """Walk the chain; whether it holds. A break is an alarm (targeting/services/audit_alarm.py)."""
    return check_chain(now=timezone.now())


@shared_task(name="targeting.tasks.bring_lists_into_force", ignore_result=True)
def bring_lists_into_force() -> int:
    """Supersede what is over, record what became law and look back: screening goes by dates."""
    actor, now = "task:bring_lists_into_force", timezone.now()
    with changes_by(actor):
        editions = bring_into_force(now=now)
        changes = [(one, first_day(one, now=now)) for one in editions]
        for edition, day in (*changes, *changes_due(now=now)):
            jobs.look_back(edition=edition, day=day, actor=actor, now=now)
        # What editors do to names on one day is one job of the next.
        jobs.look_back_on_names(before=midnight(office_day(now)), actor=actor, now=now)
        jobs.look_back_on_late(now=now)
    for edition in editions:
        log.info("list edition in force", edition=edition.pk, control_list=edition.control_list_id)
    return len(editions)


@shared_task(name="targeting.tasks.activate_profiles", ignore_result=True)
def activate_profiles() -> str | None:
    """Bring the approved version of the risk profile into use whose first day has come."""
    with changes_by("task:activate_profiles"):
        active = activate_due(now=timezone.now())
    if active:
        log.info("risk profile in use", profile=str(active))
    return str(active) if active else None


@shared_task(name="targeting.tasks.reassess_after_registers", ignore_result=True)
def reassess_after_registers() -> bool:
    """Assess again what changes of the registers concern, once whoever was being assessed when
    they came has been: a stage ends within its lease, and a change is stored within another."""
    now = timezone.now()
    before = now - 2 * pipeline.lease()
    opened = jobs.reassess(before=before, actor="task:reassess_after_registers", now=now)
    if opened:
        log.info("reassessment begun", key=opened.key)
    return opened is not None


@shared_task(name="targeting.tasks.index_goods_texts", ignore_result=True)
def index_goods_texts() -> int:
    """Give texts that came since their blocking keys, for half of the time between two calls."""
    until = monotonic() + settings.TARGETING["INDEX_SECONDS"] / 2
    count = 0
    while (done := index_texts()) and monotonic() < until:
        count += done
    return count + done


@shared_task(name="targeting.tasks.fold_parties", ignore_result=True)
def fold_new_parties() -> int:
    """Give parties that are new or have new names their keys, then compare them with the others,
    for half of the time to the next call."""
    until = monotonic() + settings.TARGETING["FOLD_SECONDS"] / 2
    count = 0
    for work in (fold_parties, compare_parties):
        while (done := work()) and monotonic() < until:
            count += done
        count += done
    return count


@shared_task(name="targeting.tasks.categorise_traders", ignore_result=True)
def categorise_traders_of_month() -> None:
    """Compute the categories of the month that began, unless they are."""
    now = timezone.now()
    run = categorise_traders(day=office_day(now), now=now)
    if run:
        counts = {"low": run.low_count, "medium": run.medium_count, "high": run.high_count}
        log.info("trader categories computed", month=str(run.month), **counts)


@shared_task(name="targeting.tasks.check_model_drift", ignore_result=True)
def check_model_drift() -> None:
    """Compare what came with what learned models were trained on; see the service."""
    for one in check_drift(days=settings.TARGETING["DRIFT_DAYS"], now=timezone.now()):
        if one.worst:
            name, index = one.worst
            told = log.warning if one.is_unstable else log.info
            told("model_drift", model=one.model.number, worst=name, index=round(index, 3))


@shared_task(name="targeting.tasks.measure_network", ignore_result=True)
def measure_whole_network() -> None:
    """Measure the network of the office's new day; later in the day push in what came."""
    now = timezone.now()
    run = measure_network(day=office_day(now), now=now)
    if run:
        log.info("network measured", day=str(run.day), nodes=run.node_count, edges=run.edge_count)
        found = propose_supply_channels(day=office_day(now), now=now)
        log.info("supply channels proposed", channels=len(found))
        baskets = find_reagent_baskets(day=office_day(now), now=now)
        log.info("reagent baskets found", baskets=len(baskets))
    else:
        log.info("network refreshed", parties=refresh_network(day=office_day(now), now=now))


@shared_task(name="targeting.tasks.clear_expired", ignore_result=True)
def clear_expired_rows() -> dict[str, int]:
    """Clear expired tokens, sessions, failed sign-ins, secrets and exports."""
    with changes_by("task:clear_expired"):
        cleared = clear_expired(now=timezone.now())
    if any(cleared.values()):
        log.info("expired rows cleared", **cleared)
    return cleared


@shared_task(name="targeting.tasks.remove_orphaned_files", ignore_result=True)
def remove_orphans() -> int:
    """Delete files that no row names; how many."""
    removed = remove_orphaned_files(now=timezone.now())
    if removed:
        log.warning("orphaned files removed", count=len(removed), first=removed[:10])
    return len(removed)


@shared_task(name="targeting.tasks.deliver_outbox", ignore_result=True)
def deliver_outbox() -> int:
    """Send what subscribers are to be told and what failed and is due again."""
    return deliver_due(clock=timezone.now)


@shared_task(name="targeting.tasks.deliver_webhooks", ignore_result=True)
def deliver_to_webhooks() -> int:
    """Look up whom new events concern, and send what is due."""
    while route_events(now=timezone.now()) == MOST_AT_ONCE:
        pass
    return deliver_webhooks(clock=timezone.now)


@shared_task(name="targeting.tasks.lapse_amendments", ignore_result=True)
def lapse_amendments() -> dict[str, int]:
    """Refuse amendments whose version before never came; the log names who sent how many."""
    days = settings.TARGETING["AMENDMENT_DAYS"]
    ended = dict(end_waiting(before=timezone.now() - timedelta(days=days)))
    if ended:
        log.warning("amendments_lapsed", days=days, submitters=ended)
    return ended


@shared_task(name="targeting.tasks.remind_of_questions", ignore_result=True)
def remind_of_questions() -> int:
    """Remind operators of questions whose last day is near or over."""
    count = remind_operators(now=timezone.now())
    if count:
        log.info("operators reminded", questions=count)
    return count


@shared_task(name="targeting.tasks.look_at_searches", ignore_result=True)
def look_at_searches() -> int:
    """Tell people of what their watched searches find anew."""
    count = saved_searches.look_at_searches(now=timezone.now())
    if count:
        log.info("saved searches found more", searches=count)
    return count


@shared_task(name="targeting.tasks.compress_raw_messages", ignore_result=True)
def compress_raw_messages() -> dict[str, int]:
    """Compress what came in and is done; a message that is not what came is an error in the log."""
    counts = compress_messages()
    if counts["damaged"]:
        log.error("raw_messages_damaged", **counts)
    elif any(counts.values()):
        log.info("raw messages compressed", **counts)
    return counts


@shared_task(name="targeting.tasks.remove_what_is_due", ignore_result=True)
def remove_what_is_due() -> int:
    """Remove what the retention policy no longer keeps, and files that nothing refers to."""
    now = timezone.now()
    runs = remove_due(policy=settings.TARGETING["RETENTION_MONTHS"], now=now)
    for run in runs:
        log.info(
            "retention",
            kept=run.kept,
            before=str(run.first_kept_day),
            removed=run.removed_count,
            held=run.held_count,
            protected=run.protected_count,
        )
    orphans = clear_orphans(today=now.date())
    if orphans:
        log.info("files without a message removed", files=orphans)
    return sum(run.removed_count for run in runs)


@shared_task(name="targeting.tasks.keep_partitions", ignore_result=True)
def keep_partitions() -> list[str]:
    """Make the months that come; rows that belong to none are an error in the log."""
    made = make_partitions()
    if made:
        log.info("partitions made", names=made)
    waiting = rows_without_month()
    if any(waiting.values()):
        log.error("default_partition_holds_rows", **waiting)
    return made


@shared_task(name="targeting.tasks.publish_draws", ignore_result=True)
def publish_draws() -> dict[str, list[str]]:
    """Tell the digests of coming days' keys and the keys that are due; a secret that is another
    than it was is an error in the log."""
    told, now = settings.TARGETING, timezone.now()
    published = draws.publish_draws(
        secret=told["DRAW_SECRET"].encode(),
        today=office_day(now),
        days_ahead=told["DRAW_DAYS_AHEAD"],
        key_days=told["DRAW_KEY_DAYS"],
        now=now,
    )
    days = {name: [str(day) for day in part] for name, part in published._asdict().items()}
    if days["broken"]:
        log.error("draw_secret_changed", days=days["broken"])
    elif days["announced"] or days["keys"]:
        log.info("draw published", **days)
    return days
