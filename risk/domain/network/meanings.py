"""What the numbers about a party's place in the whole network mean, for whoever reads them."""

from collections.abc import Mapping
from types import MappingProxyType

MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "proximity": {
            "en": "Of the time of a walk along the links that keeps beginning anew at offenders "
            "and parties under watch, the share that it is here. It ranks; it proves nothing.",
            "ru": "Доля времени, которую проводит здесь блуждание по связям, вновь и вновь "
            "начинающееся у нарушителей и лиц под наблюдением. Это порядок, а не доказательство.",
        },
        "component": {
            "en": "All that links lead to, over any number of steps, without going through nodes "
            "of more than 50 neighbours.",
            "ru": "Всё, куда ведут связи за любое число шагов, минуя узлы с более чем 50 соседями.",
        },
        "community": {
            "en": "A part of the component whose members are linked with each other more than "
            "chance would have it. Where its border runs is an estimate.",
            "ru": "Часть компоненты, участники которой связаны между собой теснее, чем вышло бы "
            "случайно. Где проходит её граница, лишь оценка.",
        },
        "core": {
            "en": "The party belongs to a part of the network in which everybody has at least so "
            "many neighbours.",
            "ru": "Участник входит в часть сети, где у каждого не меньше стольких соседей.",
        },
        "betweenness": {
            "en": "The share of the pairs of its component whose shortest ways lead through it; "
            "empty where the component is too large to compute it.",
            "ru": "Доля пар компоненты, кратчайшие пути между которыми проходят через участника; "
            "пусто, если компонента слишком велика для расчёта.",
        },
        "is_hub": {
            "en": "Has more than 50 neighbours, as brokers and large suppliers have: it is left "
            "out of components, communities, cores and betweenness.",
            "ru": "Более 50 соседей, как у брокеров и крупных поставщиков: в компонентах, "
            "сообществах, ядрах и посредничестве не участвует.",
        },
    }
)
