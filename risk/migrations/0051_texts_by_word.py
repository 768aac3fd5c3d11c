"""Goods texts found by words in any form, and by parts of words."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("risk", "0050_list_imports"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="goodstext",
            index=GinIndex(
                SearchVector("description", config="russian"),
                condition=models.Q(("keys_version__gt", 0)),
                name="goods_text_by_word",
            ),
        ),
        AddIndexConcurrently(
            model_name="goodstext",
            index=GinIndex(
                OpClass("description", name="gin_trgm_ops"),
                condition=models.Q(("keys_version__gt", 0)),
                name="goods_text_trigram",
            ),
        ),
    ]
