"""The sections of a spec that are not things of the account: their keys, declared like attributes of a kind."""

from collections.abc import Mapping
from typing import Any

from amoconf.codecs import BOOLEAN, DURATION, INTEGER, SHARE, Codec, anything, choice, text, words
from amoconf.kind import Attr
from amoconf.kinds._forbidden import FORBID
from amoconf.tongue import tr

DOMAINS = ("amocrm.ru", "amocrm.com", "kommo.com")
EXCEPTION = {
    "type": "object",
    "properties": {
        "address": {"type": "string", "examples": ["tag/leads/*"]},
        "id": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        "reason": {"type": "string", "minLength": 1},
        "until": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
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
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"({'|'.join(WEEK)})"
_CLOCK = {"type": "string", "pattern": r"^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
WORKING_HOURS = {
    "type": "object",
    "properties": {
        "days": {"type": "string", "pattern": f"^{_DAY}(-{_DAY})?(, *{_DAY}(-{_DAY})?)*$"},
        "from": _CLOCK,
        "to": _CLOCK,
    },
    "additionalProperties": False,
    "examples": [{"days": "mon-fri", "from": "9:00", "to": "18:00"}],
}


def minutes_of(clock: str) -> int:
    """ "9:30" as minutes since midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def weekdays(text: str) -> frozenset[int]:
    """ "mon-fri, sun" as numbers, Monday 0; a stretch may go over the end of the week."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start, length = WEEK.index(first), (WEEK.index(last or first) - WEEK.index(first)) % 7
        found |= {(start + more) % 7 for more in range(length + 1)}
    return frozenset(found)


def _load_hours(value: Any) -> Any:
    said = anything(WORKING_HOURS).load(value)
    if minutes_of(said.get("from", "9:00")) >= minutes_of(said.get("to", "18:00")):
        raise ValueError(tr("the working day ends before it begins"))
    return said


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
    Attr(
        "admins.max",
        anything({"type": "integer", "minimum": 1}),
        ("Most administrators", "Сколько администраторов можно"),
    ),
    Attr("admins.allow", words(), ("Who may be one", "Кому можно быть администратором")),
    Attr("admins.technical", text(), ("The user that owns integrations", "Технический пользователь")),
    Attr(
        "rights.forbid", FORBID, ("Rights that no role may have", "Права, которых не должно быть ни у кого")
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
    Attr(
        "working_hours",
        Codec(schema=WORKING_HOURS, load=_load_hours),
        ("When people answer, in the account's time zone", "Рабочее время, в часовом поясе аккаунта"),
    ),
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
