"""The sections of a spec that are not things of the account: their keys, declared like attributes of a kind."""

from collections.abc import Mapping

from amoconf.codecs import BOOLEAN, DURATION, INTEGER, SHARE, anything, choice, text, words
from amoconf.kind import Attr

DOMAINS = ("amocrm.ru", "amocrm.com", "kommo.com")
EXCEPTION = {
    "type": "object",
    "properties": {
        "address": {"type": "string", "description": "Of a thing, or a pattern such as tag/leads/*"},
        "id": {
            "anyOf": [{"type": "integer"}, {"type": "string"}],
            "description": "Of a record, a user, a webhook",
        },
        "reason": {"type": "string", "minLength": 1},
        "until": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "The last day"},
    },
    "required": ["reason", "until"],
    "oneOf": [{"required": ["address"]}, {"required": ["id"]}],
    "additionalProperties": False,
}
AUDIT = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-G][0-9]{2}$"},
    "additionalProperties": {
        "anyOf": [
            {"const": "off"},
            {
                "type": "object",
                "properties": {
                    "warn": {},
                    "error": {},
                    "except": {"type": "array", "items": EXCEPTION},
                },
            },
        ],
    },
}
BRAKES = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "objects": {"type": "integer", "minimum": 0},
            "share": SHARE.schema,
            "records": {"type": "integer", "minimum": 0},
        },
        "additionalProperties": False,
    },
}

REASON = ("Why it is taken away", "Почему убирается")
# What can be asked about any thing besides its attributes.
MARKS = (
    Attr("was", words(), ("Earlier names", "Прежние названия")),
    Attr(
        "twin",
        anything({"type": "integer", "minimum": 1}),
        ("Which of several with this name, by id", "Какой по счёту из одноимённых"),
    ),
    Attr("new", BOOLEAN, ("It is new, although one looks like it", "Это новое, а не переименование")),
    Attr("protected", BOOLEAN, ("Never taken away", "Нельзя убирать")),
    Attr("archived", text(), REASON),
    Attr("absent", text(), REASON),
)
ACCOUNT = (
    Attr(
        "subdomain",
        text(),
        ("The account's subdomain; apply refuses any other", "Поддомен аккаунта"),
        required=True,
    ),
    Attr("id", INTEGER, ("The account's number, a second guard", "Номер аккаунта, вторая проверка")),
    Attr("domain", choice(*DOMAINS), ("Platform", "Площадка"), default="amocrm.ru"),
)
DEFAULTS = (
    Attr(
        "archive_prefix", text(), ("Put before the name of an archived thing", "Приставка к имени архивного")
    ),
    Attr("archive_group", text(), ("Tab of archived fields", "Вкладка архивных полей")),
    Attr(
        "language",
        choice("ru", "en"),
        ("Of texts that amoconf writes into the account", "Язык текстов в аккаунте"),
    ),
    Attr("stage_hint", text(1000), ("Template of the hint for newcomers", "Шаблон подсказки новичку")),
)
POLICY = (
    Attr("admins.max", INTEGER, ("Most administrators", "Сколько администраторов можно")),
    Attr("admins.allow", words(), ("Who may be one", "Кому можно быть администратором")),
    Attr("admins.technical", text(), ("The user that owns integrations", "Технический пользователь")),
    Attr(
        "rights.forbid", words(), ("Rights that no role may have", "Права, которых не должно быть ни у кого")
    ),
    Attr("email_domains", words(), ("Domains of users' e-mails", "Домены почты пользователей")),
    Attr("audit", anything(AUDIT), ("Thresholds of audit rules", "Пороги правил аудита")),
    Attr("brakes", anything(BRAKES), ("Limits of removals, by kind and scope", "Пределы удалений")),
)
KPI = (
    Attr("first_response.calls", DURATION, ("First response to calls", "Первый ответ на звонок")),
    Attr("first_response.chats", DURATION, ("First response to chats", "Первый ответ в чате")),
    Attr("first_response.forms", DURATION, ("First response to forms", "Первый ответ на заявку с сайта")),
    Attr("first_response.mail", DURATION, ("First response to mail", "Первый ответ на письмо")),
    Attr(
        "first_response.cold",
        DURATION,
        ("First response to cold enquiries", "Первый ответ холодному клиенту"),
    ),
    Attr("first_response.share", SHARE, ("Share inside the norm", "Доля ответов в норме")),
    Attr("next_step_coverage", SHARE, ("Open deals with a next task", "Сделки с поставленной задачей")),
    Attr("overdue_tasks", SHARE, ("Overdue tasks", "Просроченные задачи")),
    Attr("stalled_per_stage", SHARE, ("Stuck deals of a stage", "Застрявшие сделки этапа")),
    Attr("touches_per_won.min", INTEGER, ("Fewest touches of a won deal", "Минимум касаний до продажи")),
    Attr("touches_per_won.max", INTEGER, ("Most touches of a won deal", "Максимум касаний до продажи")),
    Attr("open_deals_per_manager", INTEGER, ("Open deals of one manager", "Открытых сделок на менеджера")),
    Attr("win_rate", SHARE, ("Won of closed deals", "Доля выигранных из закрытых")),
    Attr("loss_reasons", INTEGER, ("Most loss reasons", "Сколько причин отказа")),
)
MANUAL = (
    Attr("title", text(), ("What must be true", "Что должно быть сделано"), required=True),
    Attr("where", text(), ("Where it is seen", "Где это видно")),
    Attr("every", DURATION, ("How often a person attests it", "Как часто подтверждать"), required=True),
)
SECTIONS: Mapping[str, tuple[Attr, ...]] = {
    "account": ACCOUNT,
    "defaults": DEFAULTS,
    "policy": POLICY,
    "kpi": KPI,
}
VERSION = 1
