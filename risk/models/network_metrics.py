"""Numbers about the whole network: what each night's computation said of each party."""

from django.db import models

from shipments.models import Party


class NetworkRun(models.Model):
    """The computation over the whole network for one day of the office.

    What came after it is pushed into proximities, components and communities (``refreshed_at``);
    the rest stays as of ``computed_at``. The ``last_…`` are the highest ids of edges that it read.
    """

    day = models.DateField(unique=True)
    computed_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    node_count = models.PositiveIntegerField()
    edge_count = models.PositiveIntegerField()
    seed_count = models.PositiveIntegerField()
    hub_count = models.PositiveIntegerField()
    component_count = models.PositiveIntegerField()
    community_count = models.PositiveIntegerField()
    modularity = models.FloatField(null=True)
    last_link = models.BigIntegerField()
    last_identifier = models.BigIntegerField()
    last_tie = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.day)


class NetworkBase(models.Model):
    """The network that the latest run read, as arrays: what a refresh adds the new edges to."""

    run = models.OneToOneField(
        NetworkRun, on_delete=models.CASCADE, primary_key=True, related_name="base"
    )
    arrays = models.BinaryField()

    def __str__(self) -> str:
        return str(self.run_id)


class NetworkGroup(models.Model):
    """What is true of a group of parties, once for all of them: ``name`` is its lowest party,
    ``parties`` how many are in it. The rows of parties name the key, which a group keeps from the
    night on."""

    key = models.BigIntegerField(primary_key=True)
    name = models.BigIntegerField()
    parties = models.PositiveIntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)


class NetworkComponent(NetworkGroup):
    """New links join components that several keys stand for then; the rows of their parties stay
    as they are. A key below 0 was made by day."""

    class Meta:
        indexes = [models.Index(fields=["name"], name="network_component_name")]


class NetworkCommunity(NetworkGroup):
    """A community has one key: that of the night, or the id of a node that came by day."""

    class Meta:
        verbose_name_plural = "network communities"
        indexes = [models.Index(fields=["name"], name="network_community_name")]


class PartyMetrics(models.Model):
    """A party's place in the whole network (risk/domain/network/meanings.py says what it means).

    Parties without any link have no row; of a trader of several parties its representative has
    the row. ``component`` and ``community``, ``core`` and ``betweenness`` are empty for hubs, and
    the last two where the party is newer than the run. ``measured_at`` is later than the
    run where a refresh came. Components and communities are written with the rows that name them,
    by the same transaction: no constraint looks at each row again.
    """

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="metrics")
    run = models.ForeignKey(NetworkRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    measured_at = models.DateTimeField()
    degree = models.PositiveIntegerField()
    is_hub = models.BooleanField()
    is_seed = models.BooleanField()
    proximity = models.FloatField()
    component = models.ForeignKey(
        NetworkComponent,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    community = models.ForeignKey(
        NetworkCommunity,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    core = models.PositiveIntegerField(null=True)
    betweenness = models.FloatField(null=True)

    class Meta:
        ordering = ["-proximity", "-id"]
        verbose_name_plural = "party metrics"
        indexes = [
            models.Index(fields=["-proximity", "-id"], name="party_metrics_proximity"),
            models.Index(fields=["component"], name="party_metrics_component"),
            models.Index(fields=["community"], name="party_metrics_community"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.proximity:.3g}"
