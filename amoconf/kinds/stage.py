"""Stages of a pipeline (config page C5): order is compared, never numbers; 142 and 143 repeat in every pipeline."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, MOVE, Change, Step, Steps, View
from amoconf.codecs import DURATION, colour, reference, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.kinds import pipeline
from amoconf.kinds._hints import LEVELS, decode_hints, descriptions
from amoconf.kinds._order import placed
from amoconf.kinds._palettes import STAGE_COLOURS
from amoconf.model import Account, Resource, Settings
from amoconf.tongue import tr
from amoconf.touch import STAGE, Touch
from amoconf.values import Address, Ref, Value

RESERVED = {142: "won", 143: "lost"}
# Names that a new pipeline gives its closing stages (config page C4; Kommo's: guess).
USUAL = {
    "won": ("Успешно реализовано", "Closed - won"),
    "lost": ("Закрыто и не реализовано", "Closed - lost"),
}
LONGEST_HINT = 1000  # official: config page B6
HINT = text(LONGEST_HINT)

ATTRS = (
    Attr("name", text(), ("Name of the stage", "Название этапа"), wire="name"),
    Attr("color", colour(STAGE_COLOURS, "#fffeb2"), ("Colour, in quotes", "Цвет, в кавычках"), wire="color"),
    Attr(
        "stall_limit",
        DURATION,
        ("How long a deal may stay here", "Сколько сделка может стоять на этапе"),
        channel="local",
    ),
    Attr("entry", text(1000), ("When a deal enters the stage", "Критерий входа в этап"), channel="local"),
    Attr("hints.newbie", HINT, ("Hint for newcomers", "Подсказка для новичка")),
    Attr("hints.candidate", HINT, ("Hint for candidates", "Подсказка для кандидата")),
    Attr("hints.master", HINT, ("Hint for masters", "Подсказка для мастера")),
)
WRITTEN = tuple(attr for attr in ATTRS if attr.wire)


def to_stage(name: str, home: Address) -> Address:
    """`stage` of the same pipeline, or `pipeline/stage`."""
    head, _, tail = name.partition("/")
    return Address("stage", (head, tail)) if tail else Address("stage", (home.path[0], name))


EXTRAS = (
    Attr(
        "move_deals_to",
        reference(to_stage, lambda address: "/".join(address.path)),
        ("Where the deals of an absent stage go", "Куда переходят сделки удаляемого этапа"),
    ),
)


def managed_hints(need: Need, home: tuple[str, ...]) -> bool:
    """Whether the spec manages hints in a pipeline."""
    if need.wanted is None:
        return True
    return any(
        name.startswith("hints.") for stage in need.wanted.within("stage", home) for name in stage.attrs
    )


def sources(need: Need) -> Iterable[Source]:
    """Stages come with their pipelines; hints only from each pipeline's own list."""
    yield from pipeline.sources(need)
    for item in need.found.of("pipeline") if need.found else ():
        if item.id is not None and managed_hints(need, item.address.path):
            path = f"leads/pipelines/{item.id}/statuses"
            yield Source(path, "statuses", (("with", "descriptions"),), paged=False, of=item.address)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """The stages of a pipeline, or, from a pipeline's own list, one stage's hints."""
    if source.key == "statuses":
        key, above = read.number(item.get("id")), read.number(item.get("pipeline_id"), "pipeline_id")
        texts, ids = decode_hints(item)
        yield Resource(rest.live("stage", above, key), texts, id=key, raw={"descriptions": ids})
        return
    statuses = read.rows(read.block(item.get("_embedded"), "_embedded").get("statuses"), "statuses")
    if not statuses:
        # Every pipeline has its closing stages (config page C5).
        raise ValueError(tr("statuses are missing"))
    yield from (_stage(read.number(item.get("id")), status) for status in statuses)


def _stage(pipeline: int, status: Mapping[str, Any]) -> Resource:
    key, editable = read.number(status.get("id")), read.flag(status, "is_editable")
    sort = read.numbered(status.get("type"), "type")
    # Besides the closing stages people cannot edit the unsorted one alone (config page C5).
    is_unsorted = sort == 1 or (sort is None and editable is False)
    return Resource(
        rest.live("stage", pipeline, key),
        {**rest.decoded(WRITTEN, status), "name": read.named(status, "name")},
        id=key,
        reserved=RESERVED.get(key, "unsorted" if is_unsorted else ""),
        fixed=editable is False or key in RESERVED,
        raw={"sort": status.get("sort")},
    )


def stage_path(address: Address) -> rest.Path:
    """The URL of one stage."""
    return (*pipeline.PATH, Ref(Address("pipeline", address.home)), "statuses", Ref(address))


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """All requests for the stages of one pipeline, so that each place is worked out from the one before."""
    home = changes[0].address.home
    standing = [stage for stage in view.found.within("stage", home) if not stage.reserved]
    state = tuple(stage.address for stage in standing)
    # As read, until the first write renumbers them.
    sorts = {stage.address: int(stage.raw.get("sort") or 0) for stage in standing}
    target = next((change.target for change in changes if change.target), ())
    order = {address: index for index, address in enumerate(target)}
    leaving = {change.address for change in changes if change.action in (ARCHIVE, DELETE)}
    result: list[Step] = []
    for change in sorted(changes, key=lambda change: order.get(change.address, -1)):
        sort = None
        if _moves(change):
            sort, state = placed(state, change.address, _predecessor(change, state, leaving), sorts)
            sorts = {}
        chain = Address("pipeline", home) if sort is not None else None
        result += (replace(step, chain=chain) for step in _one(change, view, sort))
    return tuple(result)


def _moves(change: Change) -> bool:
    return change.action in (CREATE, MOVE, ARCHIVE) or "position" in change.after


def _predecessor(change: Change, state: tuple[Address, ...], leaving: set[Address]) -> Address | None:
    """The nearest thing before it in the wanted order that stands and stays; an archived one goes to the end."""
    if change.action == ARCHIVE:
        return next((item for item in reversed(state) if item != change.address), None)
    before = change.target[: change.target.index(change.address)]
    return next((item for item in reversed(before) if item in state and item not in leaving), None)


def _one(change: Change, view: View, sort: int | None) -> Steps:
    attrs = change.want.attrs if change.action == CREATE and change.want else change.after
    body = rest.body_of(WRITTEN, attrs)
    hints = descriptions(attrs, change.have.raw if change.have else {})
    body |= {"descriptions": hints} if hints else {}
    body |= {"sort": sort} if sort is not None else {}
    collection = (*pipeline.PATH, Ref(Address("pipeline", change.address.home)), "statuses")
    if change.action == CREATE:
        return (rest.create(change, collection, "statuses", body),)
    if change.action == DELETE:
        return _delete(change)
    return (rest.patch(change, stage_path(change.address), body),)


def _delete(change: Change) -> Steps:
    """Deals first: the server would move them silently to the first stage (config page C5, official)."""
    assert change.want is not None
    target = change.want.marks.extras["move_deals_to"]
    moving = Step(
        (change.address,),
        tr("move the deals of {address} to {target}", address=change.address, target=target),
        data={"work": "move_deals", "from": change.address, "to": target},
        after=(target,),
        last=True,
    )
    return (moving, rest.delete(change, stage_path(change.address)))


def group(change: Change) -> Address:
    """Stages of one pipeline are written together."""
    return Address("stage", (*change.address.home, "*"))


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix; the place before the closing stages comes with the write."""
    return {"name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix)}


# Abbreviations read well in any case: «не дольше 3 дн.», «лимит: 10 мин».
UNITS = {
    "ru": {86400: "дн.", 3600: "ч", 60: "мин"},
    "en": {86400: "d", 3600: "h", 60: "min"},
}


def spoken_duration(seconds: int, language: str) -> str:
    """A stall limit in the language of the account's texts: "2 дн."; weeks are told in days."""
    size = next(size for size in (86400, 3600, 60) if seconds % size == 0)
    return f"{seconds // size} {UNITS[language][size]}"


def prepare(resource: Resource, settings: Settings) -> Resource:
    """The hint for newcomers from `defaults.stage_hint`, where the stage has a criterion or a limit."""
    attrs = resource.attrs
    if not settings.stage_hint or "hints.newbie" in attrs or resource.marks.leaves:
        return resource
    words = {"entry": attrs.get("entry", ""), "name": attrs.get("name", "")}
    if "stall_limit" in attrs:
        words["stall_limit"] = spoken_duration(attrs["stall_limit"], settings.language)
    if not words["entry"] and "stall_limit" not in words:
        return resource
    hint = fill(settings.stage_hint, words)
    return resource.with_map({"hints.newbie": hint}) if hint else resource


def fill(template: str, words: Mapping[str, str]) -> str:
    """The template's sentences, leaving out those whose placeholder is empty."""
    sentences = re.split(r"(?<=[.!?])\s+", template)
    kept = [
        sentence
        for sentence in sentences
        if all(words.get(name) for name in re.findall(r"\{(\w+)\}", sentence))
    ]
    return " ".join(re.sub(r"\{(\w+)\}", lambda match: words[match[1]].rstrip("."), item) for item in kept)


def usual(resource: Resource) -> bool:
    """The closing stages say something only by their name or by a hint; the incoming-leads stage never does."""
    if resource.reserved not in USUAL:
        return bool(resource.reserved)
    hinted = any(resource.attrs.get(f"hints.{level}") for level in LEVELS)
    return resource.attrs.get("name") in USUAL[resource.reserved] and not hinted


EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")


def check(resource: Resource, account: Account) -> Iterable[str]:
    """Names the service would spoil, and removals without a place for the deals."""
    name = str(resource.attrs.get("name", ""))
    if EMOJI.search(name):
        # Third party: protocol page 11.11.
        yield tr("an emoji in a stage name is lost: the service saves an empty name ({name!r})", name=name)
    if resource.address.key == "unsorted":
        yield tr(
            "the incoming-leads stage is switched by unsorted: true or false of its pipeline, "
            "and has nothing else to say"
        )
    elif resource.marks.leaves and resource.address.key in KIND.reserved:
        yield tr("the closing stages belong to the platform and never leave")
    if resource.address.key in KIND.reserved and "color" in resource.attrs:
        yield tr("the colours of closing stages are the platform's own")
    target = resource.marks.extras.get("move_deals_to")
    if isinstance(target, Address) and target.key == "unsorted":
        yield tr("deals cannot be moved to the incoming-leads stage")
    if len(resource.attrs.get("hints.newbie", "")) > LONGEST_HINT:
        yield tr(
            "the hint for newcomers is longer than {longest} characters with its criterion filled in",
            longest=LONGEST_HINT,
        )
    if resource.marks.absent is not None and "move_deals_to" not in resource.marks.extras:
        yield tr("an absent stage needs move_deals_to: the stage that its deals go to")


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Deals that stand there."""
    above = view.found.get(Address("pipeline", change.address.home))
    if change.have is not None and above is not None:
        yield Touch("leads", STAGE, (int(str(above.id)), int(str(change.have.id))))


KIND = Kind(
    name="stage",
    example={"name": "Переговоры", "stall_limit": "5d", "entry": "Клиент ответил на предложение"},
    titles=("stage", "этап"),
    about=(
        "Stages from left to right; the closing ones are won and lost",
        "Этапы слева направо; закрывающие этапы: won и lost",
    ),
    homes=(Home("stages", under="pipeline", inline=("won", "lost")),),
    attrs=ATTRS,
    extras=EXTRAS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=31,
    order="renumbered",
    folds=True,
    reserved=("won", "lost", "unsorted"),
    group=group,
    prepare=prepare,
    archive=archive,
    touches=touches,
    check=check,
    usual=usual,
)
