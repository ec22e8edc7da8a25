"""Every guess and every conflict of the facts pages, as a named switch with a default.

`amoconf emulator serve --switch NAME=VALUE` sets one; `--help` lists them from this table. P is the protocol
page, C the configuration page of the API facts that the emulator is written from; what a third party measured since, its
module tells.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any


def _switch(default: Any, about: str, source: str, *choices: str) -> Any:
    return field(default=default, metadata={"about": about, "source": source, "choices": choices})


@dataclass(frozen=True)
class Switches:
    """One field a switch. Booleans are written true/false, the rest as shown in `choices`."""

    # What the account has bought, and how the platform is set.
    platform: str = _switch("ru", "which platform answers: amocrm.ru or kommo.com", "P12", "ru", "kommo")
    language: str = _switch("ru", "language of error sentences of the gate", "P12", "ru", "en")
    api_filter_enabled: bool = _switch(
        False, "the paid filter add-on; off: filters of records are ignored", "P5.1"
    )
    super_fields: bool = _switch(True, "Super-fields: hidden_statuses, monetary, chained_list", "C-E2.6")
    customers_available: bool = _switch(True, "the plan includes customers; off: 402", "C13")
    products_available: bool = _switch(True, "the plan includes the products list", "C12")
    paid: bool = _switch(True, "the account is paid; off: 402 on every call", "P1.9")
    disabled_integration: bool = _switch(False, "the integration is switched off: 401 on every call", "P1.9")
    external_integration: bool = _switch(
        False, "an external integration: no users methods, no sources", "P1.8"
    )
    user_management: bool = _switch(True, "the plan allows activate/deactivate of users", "C11")
    # Protocol.
    rate_unit: str = _switch(
        "integration", "what the 7 a second is counted by", "P13", "integration", "address"
    )
    rate_429_body: str = _switch("html", "body of a 429", "P2.1", "html", "json")
    ban_after_429: int = _switch(0, "this many 429 within a minute bring a ban: 403 HTML; 0: never", "P12")
    refresh_reuse: str = _switch("revoked", "a refresh token used twice", "P1.3", "revoked", "grace")
    bad_token_status: int = _switch(
        401, "status of a bad code or a wrong redirect_uri at the token endpoint", "P1.4"
    )
    old_host_status: int = _switch(401, "status at the old host after the subdomain was renamed", "P13")
    session_cookie: bool = _switch(
        True, "answers set session_id; one of another account is refused whatever the token", "third party"
    )
    over_limit_page: str = _switch(
        "422", "limit above the maximum in a list", "shared page", "422", "default50", "clamp250"
    )
    events_limit: int = _switch(100, "largest page of events; above it 50 come", "P2.2")
    request_limit_mb: int = _switch(10, "largest request body", "P13")
    # Configuration.
    patch_field_status: int = _switch(201, "status of PATCH of custom fields (200 on kommo)", "C-E1")
    delete_pipeline_body: bool = _switch(False, "DELETE of a pipeline answers 200 {} instead of 204", "C-E1")
    post_webhook_status: int = _switch(201, "status of POST of a webhook (200 on kommo)", "C-E1")
    activate_status: int = _switch(202, "status of users/activate (204 in the SDK)", "C-E1")
    pipeline_needs_stage: bool = _switch(True, "a new pipeline must bring an ordinary stage", "C-E1")
    absent_pipeline_delete: str = _switch(
        "404", "status of DELETE of a pipeline that is not there: the pages differ", "P3.4", "404", "400"
    )
    main_pipeline_deletable: bool = _switch(False, "the main pipeline can be deleted", "C4")
    binned_deals_block: bool = _switch(False, "deals in the recycle bin block deleting their pipeline", "C4")
    rename_closing_stages: bool = _switch(True, "PATCH renames 142 and 143 (sort and colour ignored)", "C5")
    rename_unsorted_stage: bool = _switch(False, "PATCH renames the unsorted stage", "C5")
    emoji_names: str = _switch("empty", "emoji in a stage name", "P11.11", "empty", "kept")
    change_type_status: str = _switch(
        "refuse", "a different type in PATCH of a field", "C7.3", "refuse", "ignore"
    )
    unique_code: bool = _switch(True, "a field's code is unique in its scope", "C7.3")
    field_with_id: str = _switch("nothing", "POST of a field with an id", "C7.3", "nothing", "refuse")
    enums_as_object: bool = _switch(False, "bulk PATCH answers enums as an object keyed by position", "C7.2")
    duplicate_options: bool = _switch(True, "two options of one text are allowed", "C7.4")
    api_only_clears_required: bool = _switch(True, "is_api_only clears required_statuses", "C-E2.13")
    new_multitext: bool = _switch(False, "a multitext field can be created", "C7.6")
    one_address_field: bool = _switch(
        False, "at most one streetaddress and one smart_address per entity", "C7.6"
    )
    group_delete: str = _switch("main", "fields of a deleted group", "C-E2.11", "main", "delete")
    lead_tag_patch: str = _switch("unused", "PATCH of lead tags", "C9", "unused", "all", "405")
    tag_post_recolours: bool = _switch(False, "POST of a known tag with a colour changes it", "C9")
    tags_of_customers: bool = _switch(True, "customers have tags", "C-E1")
    task_types_by_token: bool = _switch(True, "/ajax/tasks/types accepts a bearer token", "C2")
    loss_reason_writes: bool = _switch(True, "POST, PATCH, DELETE of loss reasons work", "C6")
    role_delete_keeps_rights: bool = _switch(
        True, "users of a deleted role keep a copy of its rights", "C-E2.12"
    )
    rights_dependencies: bool = _switch(True, "a matrix that breaks the order of rights is refused", "C10")
    hidden_unsorted_rights: bool = _switch(
        True, "rights list the unsorted stage of a pipeline that shows none", "C10"
    )
    known_email_refused: bool = _switch(
        True, "POST of a user whose e-mail a user of the account has is refused", "C11"
    )
    bulk_delete_partial: bool = _switch(False, "a bulk delete of sources deletes those that it found", "C-B5")
    chat_template_limit: int = _switch(500, "most chat templates of one integration", "C17")
    webhook_post_enables: bool = _switch(True, "POST of a disabled webhook enables it", "C14")
    lists_by_admins_only: bool = _switch(
        False, "only administrators make and rename lists, as the help centre says", "C-B2"
    )
    catalogs_v2_delete: bool = _switch(True, "POST /api/v2/catalogs deletes lists", "C12")
    # Records.
    loss_reason_check: str = _switch(
        "resulting", "the stage that loss_reason_id is checked against", "P8.3", "resulting", "current"
    )
    shape_b_partial: bool = _switch(False, "the good items of a refused batch are saved", "P3.5")
    unknown_id_patch: str = _switch("shape_b", "PATCH of an unknown record", "P13", "shape_b", "404")
    older_updated_at: str = _switch(
        "ignore", "an updated_at older than the stored one", "P13", "ignore", "refuse"
    )
    idle_patch_bumps: bool = _switch(True, "a PATCH that changes nothing bumps updated_at", "P13")
    required_enforced: bool = _switch(False, "required_statuses are enforced on API writes", "P8.3")
    binned_by_id: str = _switch("200", "GET of a binned deal by id", "P13", "200", "204")
    coerce_scalars: bool = _switch(True, "a number is accepted where a text value belongs", "P6.2")
    numeric_as: str = _switch("string", "JSON type of numeric values on read", "P13", "string", "number")
    false_checkbox: str = _switch("absent", "a checkbox that is false", "P6.2", "absent", "false")
    select_takes_code: bool = _switch(
        False, "a select takes enum_code, null too, beside enum_id or value: the SDK sends all three", "P6.3"
    )
    read_only_keys: str = _switch(
        "refuse",
        "keys of an answer that nobody can change, in a PATCH of cards and tasks",
        "P8.1",
        "refuse",
        "ignore",
    )
    default_order: str = _switch(
        "id",
        "order of lists of cards that `order` says nothing of; updated_at: the newest first",
        "P4.1",
        "id",
        "updated_at",
    )
    search_lag_ms: int = _switch(1500, "query= does not find what was written within this time", "P11.4")
    field_event_type: str = _switch(
        "plain", "type of the events of a changed field", "P9.3", "plain", "by_id"
    )
    read_code_key: str = _switch("null", "code of an option that has none", "C7.2", "null", "absent")

    def page_above(self, limit: int, *, default: int, most: int) -> int:
        """The page size used for a `limit` above the maximum; -1 says: refuse with 422."""
        return {"422": -1, "default50": default, "clamp250": most}[self.over_limit_page]

    def set(self, name: str, text: str) -> "Switches":
        """These switches with one set from text; ValueError names what is allowed."""
        known = {item.name: item for item in fields(self)}
        if name not in known:
            raise ValueError(f"no switch {name!r}; known: {', '.join(known)}")
        return replace(self, **{name: _parse(known[name], text)})

    @classmethod
    def of_profile(cls, profile: str) -> "Switches":
        """The defaults of a platform: "ru" or "kommo"."""
        if profile == "ru":
            return cls()
        return cls(
            platform="kommo",
            language="en",
            api_filter_enabled=True,
            rate_unit="address",
            rate_429_body="json",
            refresh_reuse="grace",
            patch_field_status=200,
            delete_pipeline_body=True,
            post_webhook_status=200,
            tags_of_customers=False,
        )


def _parse(switch: Any, text: str) -> Any:
    choices = switch.metadata["choices"]
    if switch.type is bool:
        if text not in ("true", "false"):
            raise ValueError(f"{switch.name} is true or false, not {text!r}")
        return text == "true"
    if switch.type is int:
        if not text.isdecimal():
            raise ValueError(f"{switch.name} is a whole number, not {text!r}")
        return int(text)
    if text not in choices:
        raise ValueError(f"{switch.name} is one of {', '.join(choices)}, not {text!r}")
    return text
