"""Traditional characters of chemical and trade words, and the simplified ones that names use.

The characters of the Chinese names that ship with the project; from the tables of OpenCC
(Apache-2.0) and common variants ("塩", "醯").
"""

_TRADITIONAL = (
    "業爲為義烏於亞產儀傳僞偽體儲兒蘭興內農衝減剛創劑動醫單滷衛衞壓雙發變號嗎噠壞處備"
    "復頭奮獎對爾層巰幣並應異彈惡託搖撐無術機殺雜來楊構檸標樣檢櫚氣氫淚澤澆測濃塗潤澱"
    "溫溼濕點烴煙熱環電療鹽礦碸鹼離種積稱穩籤類紅纖約級純組給維綠緩縮纈罌羅羥聯腎膠腦"
    "脫蘇蘋熒藥蟲蟻裝設詞試諾調敗質貿賴轉軟過進連鄰釋裏裡鈣鈦鈉鋇鉀鐵鉛鈹銅鋁鉻銨銀鋰"
    "鋅鍺錳鍍鎂鎮鎳鏹間陸險黴韋順餾馬驅驗鮮鯊麥黃麴硷塩醯醣"
)
_SIMPLE = (
    "业为为义乌于亚产仪传伪伪体储儿兰兴内农冲减刚创剂动医单卤卫卫压双发变号吗哒坏处备"
    "复头奋奖对尔层巯币并应异弹恶托摇撑无术机杀杂来杨构柠标样检榈气氢泪泽浇测浓涂润淀"
    "温湿湿点烃烟热环电疗盐矿砜碱离种积称稳签类红纤约级纯组给维绿缓缩缬罂罗羟联肾胶脑"
    "脱苏苹荧药虫蚁装设词试诺调败质贸赖转软过进连邻释里里钙钛钠钡钾铁铅铍铜铝铬铵银锂"
    "锌锗锰镀镁镇镍镪间陆险霉韦顺馏马驱验鲜鲨麦黄曲碱盐酰糖"
)
SIMPLIFIED: dict[str, str] = dict(zip(_TRADITIONAL, _SIMPLE, strict=True))
