"""The words for what is wrong in a message, in English and Russian, by the code of the issue.

An issue holds a code and values; its sentence is made when somebody reads it. ``{field}`` is
the place in our record, ``{value}`` what was found, ``{allowed}`` what would have been right.
"""

from collections.abc import Mapping

LANGUAGES = ("en", "ru")

_WHOLE_FILE = {
    "archive_empty": ("The archive holds no file.", "В архиве нет файлов."),
    "archive_entry_unreadable": (
        "This file of the archive is encrypted, damaged or packed in an unusual way.",
        "Этот файл архива зашифрован, повреждён или упакован необычным способом.",
    ),
    "archive_expands_too_much": (
        "The archive unpacks to far more than it holds; it is not read.",
        "При распаковке архив слишком велик; он не читается.",
    ),
    "archive_invalid": ("This is no readable ZIP archive.", "Это не читаемый архив ZIP."),
    "archive_too_large": (
        "The archive holds more files than are read at once: divide it.",
        "В архиве больше файлов, чем читается за раз: разделите его.",
    ),
    "column_missing": (
        "A column that the mapping names is not in the header.",
        "В заголовке нет столбца, названного в схеме столбцов.",
    ),
    "column_repeated": (
        "A column that the mapping names stands in the header twice.",
        "Столбец, названный в схеме, стоит в заголовке дважды.",
    ),
    "edifact_invalid": ("This is no readable EDIFACT.", "Это не читаемое сообщение EDIFACT."),
    "edifact_no_declaration": ("There is no CUSDEC message.", "Нет сообщения CUSDEC."),
    "empty_file": ("There is no declaration in the file.", "В файле нет деклараций."),
    "encoding_unsupported": (
        "JSON must be UTF-8; this file is UTF-16.",
        "JSON должен быть в UTF-8; этот файл в UTF-16.",
    ),
    "format_unknown": ("No format reads this file.", "Этот файл не читает ни один формат."),
    "header_unreadable": ("The header cannot be read.", "Строка заголовка не читается."),
    "json_expected": (
        "JSON begins with a bracket or a brace.",
        "JSON начинается со скобки: квадратной или фигурной.",
    ),
    "json_trailing": (
        "Something follows the end of the array.",
        "После конца массива что-то есть.",
    ),
    "json_truncated": (
        "The array is not closed: the file is cut off.",
        "Массив не закрыт: файл обрезан.",
    ),
    "workbook_invalid": ("This is no readable workbook.", "Это не читаемая книга XLSX."),
    "workbook_part_refused": (
        "The workbook holds macros, another archive or too many parts.",
        "В книге есть макросы, другой архив или слишком много частей.",
    ),
    "workbook_too_large": (
        "The sheet spans too many cells: divide it, or send CSV.",
        "На листе слишком много ячеек: разделите его или пришлите CSV.",
    ),
    "xml_doctype_refused": (
        "A document type is declared; remove it: no entity is read.",
        "Объявлен тип документа (DOCTYPE); уберите его: сущности не читаются.",
    ),
    "xml_invalid": ("The XML is not well-formed.", "XML составлен с ошибкой."),
    "xml_no_declaration": (
        "There is no declaration of this format.",
        "Нет декларации этого формата.",
    ),
    "xml_token_too_long": ("A tag is too long.", "Слишком длинный тег."),
    "xml_too_many_names": (
        "There are too many different element names.",
        "Слишком много разных имён элементов.",
    ),
}

_DECLARATION = {
    "accepted_at_assumed": (
        "No moment of registration is stated; {value} stands for it.",
        "Момент регистрации не указан; вместо него взято {value}.",
    ),
    "amendment_by_pointers": (
        "The amendment only points at what changes ({value}): send {allowed} as its next version.",
        "Изменение лишь указывает, что меняется ({value}): пришлите всю декларацию следующей"
        " версией.",
    ),
    "amendment_incomplete": (
        "The amendment describes {value}: send {allowed}, the unchanged ones too.",
        "Изменение описывает не все товары ({value}): пришлите их все, и неизменённые.",
    ),
    "amendment_lapsed": (
        "Version {value} says only what changes, and {allowed} did not come from you: send the"
        " whole declaration.",
        "Версия {value} содержит только изменения, а {allowed} от вас не пришла: пришлите всю"
        " декларацию.",
    ),
    "amendment_of_cancelled": (
        "Version {value} cancelled the declaration: only a whole declaration can follow it.",
        "Версия {value} отменила декларацию: после неё можно прислать только полную декларацию.",
    ),
    "amendment_waits": (
        "Version {value} says only what changes: it is kept until {allowed} comes from you.",
        "Версия {value} содержит только изменения: она хранится, пока не придёт {allowed} от вас.",
    ),
    "csv_invalid": ("The row cannot be read as CSV.", "Строка не читается как CSV."),
    "date_in_future": (
        "{field}: {value} lies after the day on which the message came.",
        "{field}: {value} позже дня получения сообщения.",
    ),
    "date_order_assumed": (
        "{field}: day and month of {value} could be exchanged; {allowed} was taken.",
        "{field}: день и месяц в {value} можно прочитать двояко; принято: {allowed}.",
    ),
    "decimal_mark_assumed": (
        "{field}: {value} has two readings; the decimal mark was taken to be {allowed}",
        "{field}: {value} можно прочитать двояко; десятичным знаком принят {allowed}",
    ),
    "declaration_too_long": (
        "The declaration is too long to be one.",
        "Декларация слишком длинная.",
    ),
    "direction_assumed": (
        "Neither name nor code tells the direction; import was taken.",
        "Направление не указано; принят ввоз.",
    ),
    "direction_unknown": (
        "{value} is no direction; allowed are {allowed}.",
        "Неизвестное направление {value}; допустимы {allowed}.",
    ),
    "document_kind_unknown": (
        "{value} is no kind of document; allowed are {allowed}.",
        "Неизвестный вид документа {value}; допустимы {allowed}.",
    ),
    "encoding_invalid": (
        "The text is not of its encoding.",
        "Текст не соответствует своей кодировке.",
    ),
    "field_count": (
        "The row has {value} fields, the header another number.",
        "В строке полей: {value}; в заголовке их другое число.",
    ),
    "issues_cut": (
        "There are more issues than are listed.",
        "Замечаний больше, чем перечислено.",
    ),
    "items_missing": ("The declaration has no goods items.", "В декларации нет товаров."),
    "json_invalid": ("This is no JSON object: {value}.", "Это не объект JSON: {value}."),
    "kind_field_missing": (
        "{field}: a document of the kind {value} needs {allowed}.",
        "{field}: этого поля требует документ вида {value} ({allowed}).",
    ),
    "list_too_long": (
        "{field}: {value} entries are too many.",
        "{field}: слишком много записей: {value}.",
    ),
    "message_not_closed": (
        "The message is cut off: items may be missing.",
        "Сообщение обрезано: товаров может не хватать.",
    ),
    "nesting_too_deep": ("It is nested too deeply.", "Слишком глубокая вложенность."),
    "no_valid_item": (
        "No goods item of the declaration could be taken.",
        "Ни один товар декларации не принят.",
    ),
    "not_an_object": ("A declaration is a JSON object.", "Декларация — это объект JSON."),
    "not_registered": (
        "Not registered yet; {value} stands for the number.",
        "Ещё не зарегистрирована; вместо номера взято {value}.",
    ),
    "row_too_long": ("The row is too long.", "Слишком длинная строка."),
    "rows_disagree": (
        "{field}: {value} is not what the first row of the declaration says ({allowed}).",
        "{field}: {value} расходится с первой строкой декларации ({allowed}).",
    ),
    "time_invalid": (
        "{field}: {value} is no moment in time.",
        "{field}: {value} — не дата и время.",
    ),
    "version_assumed": (
        "The cancellation states no version: it is taken as the last one, {allowed}.",
        "В аннулировании нет версии: оно принято как последняя версия ({allowed}).",
    ),
    "version_missing": (
        "An amendment has to state the version that it makes: {allowed}.",
        "Изменение должно указать номер своей версии ({allowed}).",
    ),
    "version_exists": (
        "Version {value} is stored with other content: raise the version.",
        "Версия {value} уже есть с другим содержанием: увеличьте номер версии.",
    ),
    "zone_missing": (
        "{field}: {value} has no time zone: add +05:00 or Z.",
        "{field}: у {value} нет часового пояса: добавьте +05:00 или Z.",
    ),
}

_ITEM_OR_FIELD = {
    "check_digit_wrong": (
        "{field}: the check digit of {value} is wrong.",
        "{field}: неверный контрольный разряд номера {value}.",
    ),
    "commodity_code_invalid": (
        "{field}: {value} is no commodity code of 4 to 12 digits.",
        "{field}: {value} — не код товара из 4–12 цифр.",
    ),
    "commodity_heading_unknown": (
        "{field}: the harmonised system has no heading of {value}.",
        "{field}: в гармонизированной системе нет позиции для {value}.",
    ),
    "commodity_code_not_in_edition": (
        "{field}: {value} is not in the edition of the harmonised system of that day ({allowed}).",
        "{field}: {value} нет в редакции гармонизированной системы на эту дату ({allowed}).",
    ),
    "country_code_unknown": (
        "{field}: {value} is no two-letter country code.",
        "{field}: {value} — не двухбуквенный код страны.",
    ),
    "currency_unknown": (
        "{field}: {value} is no three-letter currency code.",
        "{field}: {value} — не трёхбуквенный код валюты.",
    ),
    "date_invalid": (
        "{field}: {value} is no day of the calendar.",
        "{field}: {value} — нет такой даты.",
    ),
    "field_missing": ("{field} is not stated.", "Не указано: {field}."),
    "gross_below_net": (
        "{field}: the gross mass {value} is below the net mass.",
        "{field}: масса брутто {value} меньше массы нетто.",
    ),
    "identifier_kind_unknown": (
        "{field}: {value} is no kind of identifier.",
        "{field}: неизвестный вид идентификатора {value}.",
    ),
    "item_not_described": (
        "{field}: the item has neither a description nor a code.",
        "{field}: у товара нет ни описания, ни кода.",
    ),
    "item_number_repeated": (
        "{field}: the number {value} stands twice.",
        "{field}: номер {value} повторяется.",
    ),
    "number_invalid": ("{field}: {value} is no number.", "{field}: {value} — не число."),
    "number_out_of_range": (
        "{field}: {value} is negative or too large.",
        "{field}: {value} отрицательно или слишком велико.",
    ),
    "party_role_unknown": (
        "{field}: {value} is no role of a party.",
        "{field}: неизвестная роль лица {value}.",
    ),
    "text_invalid": (
        "{field}: the text holds characters that cannot be stored.",
        "{field}: в тексте недопустимые символы.",
    ),
    "text_too_long": ("{field}: the text is too long.", "{field}: слишком длинный текст."),
    "type_invalid": (
        "{field}: {value} is of another type than expected.",
        "{field}: {value} — значение другого типа.",
    ),
    "unit_unknown": (
        "{field}: the unit {value} is not known; it is kept as written.",
        "{field}: единица {value} неизвестна; сохранена как есть.",
    ),
    "unknown_field": (
        "{field} is not a field of ours; it is kept as extra text.",
        "{field}: такого поля нет; значение сохранено дополнительно.",
    ),
    "value_zero": ("{field} is zero.", "{field}: значение равно нулю."),
}
_IDENTIFIERS = (
    *("bin", "iin", "tax_id", "phone", "email", "address", "bank_account", "wallet"),
    *("website", "vehicle", "container", "card", "account_name"),
)

SENTENCES: Mapping[str, tuple[str, str]] = {
    **_WHOLE_FILE,
    **_DECLARATION,
    **_ITEM_OR_FIELD,
    **{
        f"{kind}_invalid": (
            "{field}: {value} cannot be such an identifier; it is left out.",
            "{field}: {value} не может быть таким идентификатором; он опущен.",
        )
        for kind in _IDENTIFIERS
    },
}


def issue_sentence(code: str, lang: str, *, field: str, value: str, allowed: str) -> str:
    """The sentence for an issue; its code where an old row has one that no sentence is for.

    >>> issue_sentence("value_zero", "en", field="items[1].customs_value", value="0", allowed="")
    'items[1].customs_value is zero.'
    """
    sentences = SENTENCES.get(code)
    if sentences is None:
        return code
    return sentences[LANGUAGES.index(lang)].format(
        field=field or "–", value=value or "–", allowed=allowed
    )
