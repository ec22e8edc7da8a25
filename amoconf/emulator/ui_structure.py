"""What people do in the interface to pipelines, stages, task types, reasons, tags, departments."""

from amoconf.emulator.config import customers, loss_reasons, pipelines, stages, tags, task_types, user_groups
from amoconf.emulator.config.palettes import FIRST_STAGE_COLOUR
from amoconf.emulator.store import Thing
from amoconf.emulator.ui_words import Kind, UnknownWord, Wish, words

REFUSALS = {
    "last": "the last pipeline stays",
    "main": "the main pipeline stays; make another one the main one first",
    "leads": "a pipeline with deals stays",
}


def _new_pipeline(wish: Wish) -> Thing:
    given = wish.words.get("stages", [])
    if not all(isinstance(row, dict) and "name" in row for row in given):
        raise UnknownWord("stages is a list of {name, color}")
    rows = [(row["name"], row.get("color", FIRST_STAGE_COLOUR)) for row in given]
    flags = wish.given(("sort", "is_main", "is_unsorted_on"))
    made = pipelines.make_pipeline(wish.store, wish.text("name"), rows or pipelines.DEFAULT_STAGES, **flags)
    return archive(wish, made, True) if wish.words.get("is_archive") else made


def _change_pipeline(wish: Wish, pipeline: Thing, change: Thing) -> Thing:
    changed = pipelines.change_pipeline(wish.store, pipeline, change)
    return archive(wish, changed, bool(change["is_archive"])) if "is_archive" in change else changed


def archive(wish: Wish, pipeline: Thing, archived: bool) -> Thing:
    """Puts a pipeline into the archive or takes it out."""
    return pipelines.archive_pipeline(wish.store, pipeline, archived)


def _drop_pipeline(wish: Wish, pipeline: Thing) -> None:
    reason = pipelines.why_not_delete(wish.store, pipeline)
    if reason is not None:
        raise UnknownWord(REFUSALS[reason])
    pipelines.delete_pipeline(wish.store, pipeline)


def _find_stage(wish: Wish) -> Thing:
    if "pipeline_id" in wish.words:
        return wish.thing("stage", scope=str(wish.number("pipeline_id")))
    key = wish.number("id")
    found = [stage for scope in wish.store.scopes("stage") if (stage := wish.store.get("stage", key, scope))]
    if len(found) != 1:
        raise UnknownWord(f"no stage {key}" if not found else f"stage {key} needs a pipeline_id")
    return found[0]


def _new_stage(wish: Wish) -> Thing:
    pipeline = wish.thing("pipeline", "pipeline_id")["id"]
    last = max((stage["sort"] for stage in stages.ordinary(wish.store, pipeline)), default=10)
    row = (
        wish.text("name"),
        wish.words.get("sort", last + 10),
        wish.words.get("color", FIRST_STAGE_COLOUR),
        0,
    )
    made = stages.make_stage(wish.store, pipeline, row)
    stages.renumber(wish.store, pipeline)
    return _now(wish, made)


def _change_stage(wish: Wish, stage: Thing, change: Thing) -> Thing:
    stages.change_stage(wish.store, stage, change, at=wish.at)
    return _now(wish, stage)


def _now(wish: Wish, stage: Thing) -> Thing:
    return wish.store.things["stage", str(stage["pipeline_id"])][str(stage["id"])]


def _drop_stage(wish: Wish, stage: Thing) -> None:
    others = [one for one in stages.ordinary(wish.store, stage["pipeline_id"]) if one["id"] != stage["id"]]
    if stages.is_system(stage) or not others:
        raise UnknownWord("this stage stays")
    stages.delete_stage(wish.store, stage, by=wish.by, at=wish.at)


def _own_type(wish: Wish) -> Thing:
    found = wish.thing("task_type")
    if found["code"] in task_types.SYSTEM:
        raise UnknownWord("types of the system cannot be changed")
    return found


def _new_type(wish: Wish) -> Thing:
    return task_types.make_task_type(
        wish.store, wish.text("name"), **wish.given(("color", "icon_id", "sort"))
    )


def _find_tag(wish: Wish) -> Thing:
    return wish.thing("tag", scope=wish.entity())


def _new_tag(wish: Wish) -> Thing:
    return tags.make_tag(wish.store, wish.entity(), wish.text("name"), wish.words.get("color"))


def _change_tag(wish: Wish, tag: Thing, change: Thing) -> Thing:
    twin = tags.find_tag(wish.store, wish.entity(), change.get("name", ""))
    if twin is not None and twin["id"] != tag["id"]:
        raise UnknownWord(f"there is a tag {twin['name']!r} already")
    return tags.change_tag(wish.store, wish.entity(), tag, change)


def _new_reason(wish: Wish) -> Thing:
    return loss_reasons.make_loss_reason(wish.store, wish.text("name"), at=wish.at, **wish.given(("sort",)))


def _drop_group(wish: Wish, group: Thing) -> None:
    if group["id"] == user_groups.DEFAULT:
        raise UnknownWord("the default department stays")
    user_groups.delete_user_group(wish.store, group["id"])


def _change_account(wish: Wish, account: Thing, change: Thing) -> Thing:
    mode = change.get("customers_mode")
    if mode in customers.MODES:
        account = customers.set_mode(wish.store, mode)
    return wish.store.put("account", {**account, **change, "updated_at": wish.at, "updated_by": wish.by})


KINDS = {
    "pipeline": Kind(
        find=lambda wish: wish.thing("pipeline"),
        keys=words("name sort is_main is_unsorted_on is_archive"),
        new=words("stages"),
        make=_new_pipeline,
        change=_change_pipeline,
        drop=_drop_pipeline,
    ),
    "stage": Kind(
        find=_find_stage,
        keys=words("name sort color descriptions"),
        make=_new_stage,
        change=_change_stage,
        drop=_drop_stage,
        place=words("pipeline_id"),
    ),
    "task_type": Kind(
        find=_own_type,
        keys=words("name color icon_id sort"),
        make=_new_type,
        change=lambda wish, one, change: task_types.change_task_type(wish.store, one["id"], change),
        drop=lambda wish, one: task_types.delete_task_type(wish.store, one["id"]),
    ),
    "loss_reason": Kind(
        find=lambda wish: wish.thing("loss_reason"),
        keys=words("name sort"),
        make=_new_reason,
        change=lambda wish, one, change: loss_reasons.change_loss_reason(wish.store, one, change, at=wish.at),
        drop=lambda wish, one: loss_reasons.delete_loss_reason(wish.store, one),
    ),
    # People cannot rename a tag in use (config page C9); here they can, so that such drift can be made.
    "tag": Kind(
        find=_find_tag,
        keys=words("name color"),
        make=_new_tag,
        change=_change_tag,
        drop=lambda wish, tag: tags.delete_tag(wish.store, wish.entity(), tag["id"]),
        place=words("entity"),
    ),
    "user_group": Kind(
        find=lambda wish: wish.thing("user_group"),
        keys=words("name"),
        make=lambda wish: user_groups.make_user_group(wish.store, wish.text("name")),
        change=lambda wish, one, change: user_groups.rename_user_group(wish.store, one["id"], change["name"]),
        drop=_drop_group,
    ),
    "account": Kind(
        find=lambda wish: wish.store.all("account")[0],
        keys=words(
            "name country currency currency_symbol customers_mode is_unsorted_on is_loss_reason_enabled "
            "is_helpbot_enabled contact_name_display_order entity_names datetime_settings"
        ),
        change=_change_account,
    ),
}
