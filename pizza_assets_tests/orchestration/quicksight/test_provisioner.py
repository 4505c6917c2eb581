"""Made once, left alone, changed, handed over, removed: against an account that holds every call to AWS's model."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from pizza_assets.dashboards.quicksight import Resource, Target, resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets.errors import NotAllowed, NotOurs, NotSubscribed, QuickSightError, StillAtWork, TooBusy
from pizza_assets.orchestration.quicksight import operations
from pizza_assets.orchestration.quicksight.provisioner import Change, Provisioner, calls_for, empty_account_plan
from pizza_assets.orchestration.quicksight.waiting import Patience
from pizza_assets_tests.dashboards.quicksight.target import OWNER, TARGET
from pizza_assets_tests.support.cases import each_of
from pizza_assets_tests.support.quicksight_account import QuickSightAccount, refusal


@pytest.fixture(autouse=True, scope="module")
def _each_definition_once() -> Iterator[None]:
    """Writing the definition takes half of the time here; that it is the same every time is tested in dashboards."""
    known: dict[str, tuple[Resource, ...]] = {}

    def once(target: Target) -> tuple[Resource, ...]:
        if repr(target) not in known:
            known[repr(target)] = resources(target)
        return known[repr(target)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pizza_assets.orchestration.quicksight.provisioner.resources", once)
        yield


NEXT_OWNER = OWNER.replace("owner", "next")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def provisioner(account: Any, target: Target = TARGET) -> Provisioner:
    clock = Clock()
    return Provisioner(account, target, Patience(clock, clock.sleep, pause=1, longest=60))


def made(account: QuickSightAccount) -> QuickSightAccount:
    list(provisioner(account).apply())
    account.calls.clear()
    return account


def changes(account: QuickSightAccount, target: Target = TARGET) -> Counter[Change]:
    return Counter(step.change for step in provisioner(account, target).apply())


def test_everything_is_made_in_an_order_that_works() -> None:
    account = QuickSightAccount()
    assert changes(account) == {Change.CREATE: len(resources(TARGET))}
    assert len(account.stored) + len(account.schedules) == len(resources(TARGET))
    assert {stored.status for stored in account.stored.values()} == {"CREATION_SUCCESSFUL"}
    assert all(stored.looks_left == 0 for (what, _), stored in account.stored.items() if what != "DataSet")


def test_provisioning_twice_changes_nothing() -> None:
    account = made(QuickSightAccount())
    assert changes(account) == {Change.NONE: len(resources(TARGET))}
    assert account.writes == []


def test_the_same_calls_are_made_every_time() -> None:
    first, second = QuickSightAccount(), QuickSightAccount()
    changes(first)
    changes(second)
    assert first.calls == second.calls


def test_looking_changes_nothing() -> None:
    account = QuickSightAccount()
    steps = list(provisioner(account).plan())
    assert {step.change for step in steps} == {Change.CREATE}
    assert account.writes == []


def test_a_plan_without_an_account_is_what_an_empty_account_gets() -> None:
    account = QuickSightAccount()
    changes(account)
    planned = [(call.operation, call.parameters) for s in empty_account_plan(TARGET) for call in calls_for(TARGET, s)]
    assert [call for call in account.calls if call[0].startswith("create_")] == planned


def test_only_what_differs_is_updated_and_the_new_version_published() -> None:
    account = made(QuickSightAccount())
    moved = replace(TARGET, manifests=TARGET.manifests | {"dashboard_checks": "elsewhere/checks.manifest.json"})
    assert changes(account, moved)[Change.UPDATE] == 1
    assert account.writes == ["update_data_source", "tag_resource"]
    assert changes(account, moved) == {Change.NONE: len(resources(TARGET))}


def test_a_changed_dashboard_is_published_once_it_is_made() -> None:
    account = made(QuickSightAccount())
    account.tags[TARGET.arn("dashboard", "dashboard")][operations.DEFINITION_TAG] = "of an earlier release"
    assert changes(account)[Change.UPDATE] == 1
    assert account.writes == ["update_dashboard", "update_dashboard_published_version", "tag_resource"]
    assert account.stored["Dashboard", "pizza-dashboard"].published == 2


def test_a_changed_schedule_is_updated_alone() -> None:
    account = made(QuickSightAccount())
    elsewhere = replace(TARGET, timezone="Europe/Madrid")
    assert changes(account, elsewhere)[Change.UPDATE] == len(account.schedules)
    assert set(account.writes) == {"update_refresh_schedule", "tag_resource"}
    assert changes(account, elsewhere) == {Change.NONE: len(resources(TARGET))}


def test_a_new_owner_replaces_the_former_one() -> None:
    account = made(QuickSightAccount())
    later = replace(TARGET, owner=NEXT_OWNER)
    assert changes(account, later)[Change.HAND_OVER] == len(account.stored)
    assert all(set(stored.permissions) == {NEXT_OWNER} for stored in account.stored.values())
    assert changes(account, later)[Change.HAND_OVER] == 0


def test_what_someone_removed_is_made_again() -> None:
    account = made(QuickSightAccount())
    account.delete_data_set(AwsAccountId=TARGET.account_id, DataSetId="pizza-checks")
    account.calls.clear()
    assert changes(account)[Change.CREATE] == 2, "the data set and its schedule"


class Stopping:
    """The account, until a number of writes were made; the next one is where the process is killed."""

    def __init__(self, account: QuickSightAccount, writes: int) -> None:
        self.account, self.most = account, writes

    def __getattr__(self, name: str) -> Any:
        if len(self.account.writes) >= self.most and not name.startswith(("describe_", "list_")):
            raise KeyboardInterrupt
        return getattr(self.account, name)


def elsewhere(target: Target) -> Target:
    """Another definition of everything, and another owner."""
    return replace(target, bucket="another-bucket", timezone="Europe/Madrid", owner=NEXT_OWNER)


def forget_definitions(account: QuickSightAccount) -> None:
    """As after an earlier release: every resource but the schedules differs from what is wanted."""
    for tags in account.tags.values():
        tags[operations.DEFINITION_TAG] = "of an earlier release"


def writes_of_change() -> int:
    account = made(QuickSightAccount(looks=0, is_checked=False))
    forget_definitions(account)
    changes(account, elsewhere(TARGET))
    return len(account.writes)


def writes_of_creation() -> int:
    account = QuickSightAccount(looks=0, is_checked=False)
    changes(account)
    return len(account.writes)


@each_of("writes", range(writes_of_creation()))
def test_a_creation_resumes_after_a_stop_at_any_write(writes: int) -> None:
    account = QuickSightAccount(looks=0, is_checked=False)
    with pytest.raises(KeyboardInterrupt):
        list(provisioner(Stopping(account, writes)).apply())
    changes(account)
    assert changes(account) == {Change.NONE: len(resources(TARGET))}


@each_of("writes", range(writes_of_change()))
def test_a_change_of_owner_resumes_after_a_stop_at_any_write(writes: int) -> None:
    later = elsewhere(TARGET)
    account = made(QuickSightAccount(looks=0, is_checked=False))
    forget_definitions(account)
    with pytest.raises(KeyboardInterrupt):
        list(provisioner(Stopping(account, writes), later).apply())
    changes(account, later)
    assert changes(account, later) == {Change.NONE: len(resources(TARGET))}
    assert all(set(stored.permissions) == {NEXT_OWNER} for stored in account.stored.values())
    dashboard = account.stored["Dashboard", "pizza-dashboard"]
    assert dashboard.published == len(dashboard.versions)


@each_of("writes", range(len(resources(TARGET))))
def test_a_removal_resumes_after_a_stop_at_any_write(writes: int) -> None:
    account = made(QuickSightAccount(looks=0, is_checked=False))
    with pytest.raises(KeyboardInterrupt):
        list(provisioner(Stopping(account, writes)).remove())
    assert len(list(provisioner(account).remove())) == len(resources(TARGET)) - writes
    assert (account.stored, account.schedules, account.tags) == ({}, {}, {})


def test_if_a_new_version_fails_the_old_dashboard_stays_and_the_next_run_retries() -> None:
    account = made(QuickSightAccount())
    account.tags[TARGET.arn("dashboard", "dashboard")][operations.DEFINITION_TAG] = "of an earlier release"
    account.unmakeable.add("pizza-dashboard")
    with pytest.raises(QuickSightError, match="dashboard pizza-dashboard could not be created: ACCESS_DENIED: no"):
        changes(account)
    assert account.stored["Dashboard", "pizza-dashboard"].published == 1
    account.unmakeable.clear()
    assert changes(account)[Change.UPDATE] == 1
    assert account.stored["Dashboard", "pizza-dashboard"].published == 3
    assert changes(account) == {Change.NONE: len(resources(TARGET))}


def test_a_failed_update_is_reported_and_retried() -> None:
    account = made(QuickSightAccount())
    account.unmakeable.add("pizza-analysis")
    account.tags[TARGET.arn("analysis", "analysis")][operations.DEFINITION_TAG] = "of an earlier release"
    with pytest.raises(QuickSightError, match="analysis pizza-analysis could not be created"):
        changes(account)
    assert account.stored["Analysis", "pizza-analysis"].status == "UPDATE_FAILED"
    account.unmakeable.clear()
    assert changes(account)[Change.UPDATE] == 1


@each_of("kind", ["DataSource", "DataSet", "Analysis", "Dashboard"])
def test_what_is_not_ours_is_named_and_nothing_is_changed(kind: str) -> None:
    account = made(QuickSightAccount())
    forget_definitions(account)
    name = [name for what, name in account.stored if what == kind][-1]
    account.tags[account.stored[kind, name].arn] = {"team": "another"}
    with pytest.raises(NotOurs, match=f"{name} already exists .* another QUICKSIGHT_ID_PREFIX"):
        changes(account)
    assert account.writes == []


def test_removal_leaves_what_is_not_ours_and_names_it() -> None:
    account = made(QuickSightAccount())
    account.tags[TARGET.arn("dataset", "checks")] = {}
    steps = list(provisioner(account).remove())
    left = [(step.resource.kind, step.resource.id) for step in steps if step.change == Change.LEAVE]
    assert left == [(Kind.REFRESH_SCHEDULE, "pizza-checks"), (Kind.DATA_SET, "pizza-checks")]
    assert Counter(step.change for step in steps)[Change.DELETE] == len(resources(TARGET)) - 2
    assert list(account.stored) == [("DataSet", "pizza-checks")]
    assert set(account.schedules) == {("pizza-checks", "daily")}


def test_delete_removes_everything_and_a_second_one_nothing() -> None:
    account = made(QuickSightAccount())
    removed = list(provisioner(account).remove())
    assert len(removed) == len(resources(TARGET))
    assert [step.resource.kind for step in removed][:2] == [Kind.DASHBOARD, Kind.ANALYSIS]
    assert (account.stored, account.schedules, account.tags) == ({}, {}, {})
    account.calls.clear()
    assert list(provisioner(account).remove()) == []
    assert account.writes == []
    assert changes(account)[Change.CREATE] == len(removed), "its ids are free again"


def test_two_prefixes_share_an_account() -> None:
    account = made(QuickSightAccount())
    other = replace(TARGET, id_prefix="other")
    changes(account, other)
    list(provisioner(account, other).remove())
    assert changes(account) == {Change.NONE: len(resources(TARGET))}


def test_a_failed_creation_is_reported_with_quicksights_reason_and_retried() -> None:
    account = QuickSightAccount()
    account.unmakeable.add("pizza-dashboard-matches")
    with pytest.raises(
        QuickSightError, match=r"data source pizza-dashboard-matches could not be created: ACCESS_DENIED: no"
    ):
        changes(account)
    account.unmakeable.clear()
    assert changes(account)[Change.REPLACE] == 1
    assert changes(account) == {Change.NONE: len(resources(TARGET))}


def test_waiting_ends() -> None:
    account = QuickSightAccount(looks=10_000)
    with pytest.raises(StillAtWork, match="data source pizza-dashboard-orders-timeline: .* after 60 seconds"):
        changes(account)


@each_of("edition", [None, "STANDARD"])
def test_an_account_without_quicksight_is_named(edition: str | None) -> None:
    with pytest.raises(NotSubscribed, match="123456789012"):
        provisioner(QuickSightAccount(edition=edition)).check_subscription()
    provisioner(QuickSightAccount()).check_subscription()


ERRORS = {
    "AccessDeniedException": NotAllowed,
    "ExpiredTokenException": NotAllowed,
    "ThrottlingException": TooBusy,
    "UnsupportedUserEditionException": NotSubscribed,
    "InvalidParameterValueException": QuickSightError,
}
OPERATIONS = ("describe_account_subscription", "describe_data_source", "create_data_set")


@each_of(("code", "operation"), itertools.product(ERRORS, OPERATIONS))
def test_errors_of_aws_are_translated(code: str, operation: str) -> None:
    error = ERRORS[code]
    account = QuickSightAccount()
    account.failing[operation] = refusal(code, operation)
    with pytest.raises(error, match=f"{code}: said QuickSight; ") as caught:
        provisioner(account).check_subscription()
        changes(account)
    assert type(caught.value) is error


@each_of(
    ("raised", "error"),
    [(NoCredentialsError(), NotAllowed), (EndpointConnectionError(endpoint_url="https://q"), QuickSightError)],
)
def test_an_unreachable_quicksight_has_a_name(raised: Any, error: type[Exception]) -> None:
    account = QuickSightAccount()
    account.failing["describe_account_subscription"] = raised
    with pytest.raises(error):
        provisioner(account).check_subscription()
