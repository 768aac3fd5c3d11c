"""Chinese names with one character wrong, missing or doubled, of listed and innocent substances."""

import re
from collections.abc import Iterator
from random import Random

from risk.domain.matching_cases.case import Draft
from risk.domain.matching_cases.damage import Neighbours, squeezed
from risk.domain.matching_cases.material import Material
from risk.domain.matching_cases.names import about_name
from risk.domain.matching_cases.wording import dressed

# What an input method by sound or by shape offers in place of the right character; none of these
# is a character of chemical names.
_OFFERED = {
    "丙": "病并饼", "丁": "订顶叮", "苯": "笨奔畚", "酮": "桐童筒彤", "醛": "泉拳诠",
    "酸": "算狻唆", "酐": "肝赶竿干", "酯": "指址志", "胺": "安按案", "氨": "安鞍谙",
    "腈": "睛京晶", "氯": "律率绿", "溴": "秀嗅袖", "碘": "典点碟", "硫": "流刘留", "锰": "猛梦孟",
    "钾": "假贾驾", "钠": "纳娜捺", "硝": "消萧销", "氢": "轻倾卿", "氧": "养痒样", "碱": "减检简",
    "素": "诉塑索", "麻": "妈马嘛", "黄": "皇煌磺", "樟": "章张彰", "胡": "湖糊狐", "椒": "交骄蕉",
    "麦": "卖脉迈", "角": "脚搅觉", "哌": "派湃拍", "啶": "定锭订", "呋": "夫肤孵", "喃": "南楠男",
    "烯": "希稀西", "烷": "完玩丸", "醚": "迷谜眯", "盐": "言岩严", "醋": "错措促", "伪": "伟尾委",
    "酰": "先鲜仙", "缩": "所索梭", "砜": "枫风疯", "苄": "便变辩", "氰": "情晴擎", "羟": "抢枪腔",
    "茉": "莫末沫", "莉": "利力丽", "醇": "纯唇淳", "基": "机击其", "环": "还坏怀", "亚": "压雅娅",
    "叔": "书淑梳", "仲": "众重种",
}  # fmt: skip
# Words of several characters none of which stands for anything alone.
_INDIVISIBLE = re.compile("麻黄|黄樟|胡椒|麦角|缩水|甘油|呋喃|哌啶|吡啶|茉莉|锰酸|芬太尼|茴香|柠檬")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SHORTEST = 3


def misspelt(material: Material, draw: Random) -> Iterator[Draft]:
    """Listed names of three characters and more with one slip."""
    names = [one for one in material.names_in("zh") if len(_HAN.findall(one.name)) >= _SHORTEST]
    while True:
        one = draw.choice(names)
        found = _damaged(material.neighbours, draw, one.name, one.key)
        if found:
            yield about_name(material, draw, one, dressed(draw, "zh", found))


def innocent(material: Material, draw: Random) -> Iterator[Draft]:
    """Names of other chemicals and goods, as they are or with one slip: nothing is flagged."""
    pool = [one.name for one in material.innocents if one.lang == "zh"]
    pool += [one.text for one in material.trade if one.lang == "zh"]
    pool += [row["text"] for row in material.hard if row["class"] == "chinese-neighbour"]
    while True:
        name = draw.choice(pool)
        found = name
        if len(_HAN.findall(name)) >= _SHORTEST and draw.random() < 0.5:
            found = _damaged(material.neighbours, draw, name, "") or name
        code = "" if draw.random() < 0.5 else material.foreign_code(draw)
        yield Draft(
            lang="zh",
            text=dressed(draw, "zh", found),
            about=(name,),
            source=f"innocent: {name}",
            flagged="0",
            code=code,
        )


def _damaged(neighbours: Neighbours, draw: Random, name: str, key: str) -> str | None:
    """``name`` with one slip, or None where it would not clearly mean ``key`` any more."""
    places = [at for at, char in enumerate(name) if _HAN.match(char)]
    at = draw.choice(places)
    chance = draw.random()
    if chance < 0.6:
        if name[at] not in _OFFERED:
            return None
        found = name[:at] + draw.choice(_OFFERED[name[at]]) + name[at + 1 :]
    elif chance < 0.8:
        found = name[:at] + name[at] + name[at:]
    else:
        if len(places) == _SHORTEST or at in (places[0], places[-1]):
            return None
        if not any(word.start() <= at < word.end() for word in _INDIVISIBLE.finditer(name)):
            return None
        found = name[:at] + name[at + 1 :]
    if squeezed(found) in neighbours or not neighbours.owners_within(found, 1) <= {key}:
        return None
    return found
