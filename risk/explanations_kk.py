"""The words of :mod:`risk.explanations` in Kazakh, for people alone; the API tells English and
Russian. They await the review of somebody whose language it is."""

LANGUAGE = "kk"
SENTENCES: dict[str, str] = {
    "differs_from_preliminary": "Декларация {preliminary} алдын ала ақпаратынан өзгеше, "
    "айырмашылық саны: {difference_count} ({fields}).",
    "precursor_recognised": "Сипаттамада {substance} прекурсоры аталған: {method}, сәйкестік "
    "бағасы {match_score} (тізімдер: {lists}).",
    "drug_recognised": "Сипаттамада бақылаудағы {substance} заты аталған: {method}, сәйкестік "
    "бағасы {match_score} (тізімдер: {lists}).",
    "equipment_recognised": "Сипаттамада тізімдегі жабдық немесе материал аталған, {substance}: "
    "{method}, сәйкестік бағасы {match_score} (тізімдер: {lists}).",
    "concentration_above_limit": "{substance}: мәлімделген концентрация {concentration_pct} %, "
    "бақылау {limit_pct} %-дан басталады.",
    "code_contradiction": "Сипаттамада {substance} аталған, бірақ мәлімделген {commodity_code} "
    "коды басқа тауарларға жатады.",
    "number_contradiction": "{substance} атауының жанында басқа заттың CAS нөмірі тұр.",
    "controlled_code_only": "Мәлімделген {commodity_code} кодына {substance} жатады; сипаттамада "
    "бұл зат аталмаған.",
    "licence_missing": "{substance} үшін лицензия ({document} құжаты) мәлімделмеген.",
    "export_permission_missing": "{substance} үшін экспорттаушы мемлекеттің осы партияға рұқсаты "
    "({document} құжаты) мәлімделмеген.",
    "permit_not_valid": "{substance} үшін мәлімделген {number} рұқсаты жарамсыз: {finding}.",
    "permit_of_another": "{substance} үшін мәлімделген {number} рұқсаты басқа біреуге берілген: "
    "{finding}.",
    "permit_overdrawn": "{number} рұқсаты {substance} үшін жеткіліксіз: {finding}.",
    "permit_for_other_goods": "{number} рұқсаты мұнда {substance} затын қамтымайды: {finding}.",
    "notice_missing": "{substance} затының осы партиясы туралы экспорт алдындағы хабарлама жоқ: "
    "{notice}.",
    "notice_contradicted": "Экспорт алдындағы {number} хабарламасы {substance} партиясына сәйкес "
    "келмейді: {notice}.",
    "notice_exceeded": "Экспорт алдындағы {number} хабарламасы бойынша {substance} "
    "хабарланғаннан көп келді.",
    "notice_off_route": "{substance} партиясы {number} хабарламасында айтылғаннан басқаша келді: "
    "{notice}.",
    "notice_awaited": "Экспорт алдындағы {number} хабарламасына ({notified_kg} кг, {substance}) "
    "декларация берілмеді; сол экспорттаушыдан келген массасы бірдей {place}-тауар басқа болып "
    "мәлімделген.",
    "consignments_split": "30 күнде импорттаушыға және онымен байланысты тұлғаларға {substance} "
    "затының шағын партиялары келді: {consignments}, барлығы {total_kg} кг, шегі {limit_kg} кг.",
    "exemption_contradicted": "Сипаттамада {substance} аталған, алайда тауарға бақылау "
    "қолданылмайды деп мәлімделген: {claim} ({stated}).",
    "exemptions_claimed_often": "{claimant} алып тастауды әдеттегіден жиі мәлімдейді: мұндай "
    "{items} тауардың {claims} тауарында; өзгелерде {peers_pct} %. Мұнда бұл {substance}.",
    "requirement_exceeded": "Осы тауармен бірге биыл {declared_kg} кг {substance} мәлімделді; "
    "{required_of} қажеттілігі ({year}): {required_kg} кг.",
    "quantity_above_own_history": "{net_mass_kg} кг импорттаушының осы код бойынша бұрынғы ең "
    "үлкен массасынан {ratio} есе ({largest_kg} кг; бұрынғы тауарлар: {history}).",
    "net_gross_ratio_odd": "{net_mass_kg} кг таза масса {gross_mass_kg} кг брутто массаға сәйкес "
    "келмейді.",
    "unit_price_far_from_peers": "Килограмына {unit_price} АҚШ доллары осы код бойынша "
    "{peer_median} медианасынан алыс (соңғы тауарлар: {peers}).",
    "dispatch_country_unrelated": "{dispatch} елінен жөнелтілген, ал сауда жасаушы ел {trading}, "
    "шығарылған елі {origin}.",
    "importer_new": "Импорттаушы жаңа (алғаш пайда болғаннан бергі күндер: {days}).",
    "importer_identity_doubtful": "Импорттаушының кім екені күмәнді: {reason}.",
    "commodity_new_for_importer": "Импорттаушы {commodity_code} кодты тауарды алғаш рет әкеледі; "
    "бұрынғы тауарлары ({history}) арасында химиялық тауарлар үлесі: {chemical_share_pct} %.",
    "identifiers_shared": "Телефон, пошта, шот немесе әмиян басқалармен ортақ (тұлғалар: "
    "{parties}).",
    "linked_without_permit": "Бақылаудағы тауарларды лицензиясыз әкелгендермен байланысты "
    "(тұлғалар: {parties}).",
    "watchlist_met": "Декларация қатысушысында ({role}) бақылау тізіміндегі сәйкестендіргіш бар: "
    "{kind} (онымен көрінген тұлғалар: {parties}).",
    "closed_offender_succeeded": "Импорттаушы жабылған құқық бұзушы немесе бақылаудағы фирмаға "
    "ұқсайды: {sign} (ортақ белгілер: {signs}; жабылуынан тіркелуіне дейінгі күндер: {days}).",
    "description_terse": "Химиялық тауардың сипаттамасы тауарды тану үшін тым қысқа (таңбалар: "
    "{characters}).",
}
WORDS: dict[str, dict[str, str]] = {
    "method": {
        "cas": "CAS нөмірі",
        "ec": "EC нөмірі",
        "un": "БҰҰ нөмірі",
        "inchikey": "InChIKey кілті",
        "structure": "химиялық құрылым",
        "exact": "дәл атауы",
        "fuzzy": "ұқсас атауы",
        "code": "тауар коды",
        "cover_name": "бүркеме атауы",
    },
    "finding": {
        "none": "рұқсат мәлімделмеген",
        "revoked": "ол кері қайтарылған",
        "suspended": "ол тоқтатыла тұрған",
        "expired": "мерзімі өткен",
        "not_yet_valid": "мерзімі әлі басталмаған",
        "unknown_number": "тізілімде мұндай нөмір жоқ",
        "expiring_before_arrival": "мерзімі тауар келгенге дейін бітеді",
        "borrowed": "байланысты фирмаға",
        "wrong_holder": "иесі басқа",
        "over_drawn": "рұқсат етілгеннен көп есептен шығарылған",
        "on_two_declarations": "ол бір партияға берілген, бірақ тағы бір декларацияда көрсетілген",
        "wrong_substance": "зат басқа",
        "wrong_direction": "бағыты басқа",
        "wrong_office": "өткізу пункті басқа",
    },
    "notice": {
        "none": "ол белгісіз",
        "unknown_number": "көрсетілген нөмір тізілімде жоқ",
        "objected": "қарсылық білдірілген",
        "suspended": "ол тоқтатыла тұрған",
        "before_reply": "партия жауап мерзімі біткенге дейін келді",
        "wrong_importer": "импорттаушы басқа",
        "wrong_exporter": "экспорттаушы басқа",
        "wrong_substance": "зат басқа",
        "diverted": "кіру пункті басқа",
        "outside_window": "уақыты басқа",
        "more_than_notified": "хабарланғаннан көп",
    },
    "claim": {
        "restrictions_denied": "шектеулер қолданылмайды деген белгі",
        "other_conclusion": "прекурсор болып табылмайтын уларға арналған қорытынды",
        "just_under_limit": "шектен сәл төмен үлес",
        "borne_out": "мәлімделген үлес растайтын тұжырым",
    },
    "claimant": {"importer": "Импорттаушы", "representative": "Кеден өкілі"},
    "sign": {
        "head": "сол басшы",
        "person": "ортақ басшы немесе қатысушы",
        "phone": "сол телефон",
        "address": "сол мекенжай",
        "supplier": "сол жеткізуші",
        "goods": "сол тауарлар",
    },
    "required_of": {"country": "елдің", "holder": "иесінің"},
    "reason": {
        "no_identifier": "БСН, ЖСН немесе салық нөмірі көрсетілмеген",
        "check_digit": "БСН немесе ЖСН бақылау разряды қате",
    },
}
