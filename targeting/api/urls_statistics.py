"""Addresses of statistics."""

from django.urls import path

from targeting.api.statistics import OutcomeStatisticsViewSet
from targeting.api.statistics_published import (
    PublishedStatisticsViewSet,
    YearlyStatisticsViewSet,
)
from targeting.api.statistics_regions import RegionStatisticsViewSet
from targeting.api.statistics_tables import (
    FindingsStatisticsViewSet,
    GoodsStatisticsViewSet,
    StatisticsTable,
)

_TABLES: tuple[tuple[str, type[StatisticsTable]], ...] = (
    ("goods", GoodsStatisticsViewSet),
    ("findings", FindingsStatisticsViewSet),
    ("published", PublishedStatisticsViewSet),
    ("form-d", YearlyStatisticsViewSet),
)
STATISTICS = [
    path(
        "statistics/outcomes",
        OutcomeStatisticsViewSet.as_view({"get": "outcomes"}),
        name="outcome-statistics",
    ),
    path(
        "statistics/regions",
        RegionStatisticsViewSet.as_view({"get": "regions"}),
        name="region-statistics",
    ),
    *(
        path(f"statistics/{word}", view.as_view({"get": "table"}), name=f"{word}-statistics")
        for word, view in _TABLES
    ),
    *(
        path(
            f"statistics/{word}/sheet",
            view.as_view({"get": "sheet"}),
            name=f"{word}-statistics-sheet",
        )
        for word, view in _TABLES
    ),
]
