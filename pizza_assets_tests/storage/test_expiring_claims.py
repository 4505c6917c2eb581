"""Claims that expire: two writers, lost answers, stopped writers and clocks that differ."""

import json
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pizza_assets.errors import StorageError
from pizza_assets.storage.claims import Claim
from pizza_assets.storage.expiring_claims import ExpiringClaims, repeating
from pizza_assets_tests.storage.conditional_memory import START, Clock, MemoryObjects

KEY = "claims/raw_orders/2026-03-03.json"
NAME = "raw_orders/2026-03-03"
EXPIRY = timedelta(seconds=60)
SKEW = timedelta(seconds=10)


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def writer(objects: MemoryObjects, clock: Clock, owner: str = "here|1", patience: float = 0) -> ExpiringClaims:
    return ExpiringClaims(
        objects, owner, clock.now, clock.sleep, EXPIRY, timedelta(seconds=patience), SKEW, clock.repeating
    )


def entry(objects: MemoryObjects) -> dict[str, str]:
    return json.loads(objects.objects[KEY][0])


def put(objects: MemoryObjects, expires_at: datetime, owner: str = "elsewhere|2") -> None:
    fields = {"owner": owner, "token": "another", "expires_at": expires_at.isoformat()}
    objects.objects.pop(KEY, None)
    assert objects.create(KEY, json.dumps(fields).encode())


def test_a_claim_says_whose_it_is_and_is_gone_after_its_block(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()
        assert entry(objects)["owner"] == "here|1"
        assert datetime.fromisoformat(entry(objects)["expires_at"]) == START + EXPIRY
    assert objects.objects == {}


def test_a_claim_is_gone_after_a_block_that_fails(objects: MemoryObjects, clock: Clock) -> None:
    with pytest.raises(RuntimeError, match="no such match"), writer(objects, clock).claiming(NAME):
        raise RuntimeError("no such match")
    assert objects.objects == {}


def test_other_names_are_free(objects: MemoryObjects, clock: Clock) -> None:
    claims = writer(objects, clock)
    with claims.claiming(NAME), claims.claiming("raw_orders/2026-03-10") as other:
        other.confirm()


def test_a_second_writer_is_told_who_until_when_and_what_to_do(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock, "there|7").claiming(NAME):
        with pytest.raises(StorageError) as told, writer(objects, clock, patience=30).claiming(NAME):
            pass
        assert clock.time == START + timedelta(seconds=30)
    message = str(told.value)
    assert message.startswith(f"memory://{KEY}: claimed by there|7 until 2026-03-03 06:01:20+00:00, and renewed")
    assert "; waited 30 s. " in message
    assert "run again" in message
    assert "delete this object" in message


def test_a_second_writer_gets_the_claim_once_the_first_is_done(objects: MemoryObjects, clock: Clock) -> None:
    first = ExitStack()
    first.enter_context(writer(objects, clock, "there|7").claiming(NAME))
    asleep: list[float] = []

    def sleep(seconds: float) -> None:
        asleep.append(seconds)
        clock.sleep(seconds)
        if len(asleep) == 5:
            first.close()

    second = ExpiringClaims(objects, "here|1", clock.now, sleep, EXPIRY, EXPIRY, SKEW, clock.repeating)
    with second.claiming(NAME) as claim:
        claim.confirm()
        assert asleep == [2.0] * 5


@pytest.mark.parametrize("patience", [0, 1, 2, 5])
def test_patience_is_all_used_and_no_more(objects: MemoryObjects, clock: Clock, patience: float) -> None:
    put(objects, START + timedelta(days=1))
    with (
        pytest.raises(StorageError, match="elsewhere"),
        writer(objects, clock, patience=patience).claiming(NAME),
    ):
        pass
    assert clock.time == START + timedelta(seconds=patience)


def test_claims_that_expire_soon_are_asked_for_often(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START + timedelta(days=1))
    asleep: list[float] = []
    claims = ExpiringClaims(
        objects, "here|1", clock.now, asleep.append, timedelta(seconds=1.2), timedelta(seconds=1), SKEW, clock.repeating
    )
    with pytest.raises(StorageError, match="elsewhere"), claims.claiming(NAME):
        pass
    assert asleep == [0.2] * 5


def test_a_dead_writers_claim_is_taken_over_after_expiry_and_margin(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START + EXPIRY)
    with writer(objects, clock, patience=100).claiming(NAME) as claim:
        claim.confirm()
        assert clock.time == START + EXPIRY + SKEW + timedelta(seconds=2)
        assert entry(objects)["owner"] == "here|1"


def test_a_claim_within_the_margin_is_not_taken_over(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START - SKEW)
    with pytest.raises(StorageError, match="claimed by elsewhere"), writer(objects, clock).claiming(NAME):
        pass
    put(objects, START - SKEW - timedelta(microseconds=1))
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()


def test_one_of_many_takers_wins(objects: MemoryObjects, clock: Clock) -> None:
    """All of them have read the expired claim before the first replaces it."""
    put(objects, START - EXPIRY)
    together = threading.Barrier(8)
    lock = threading.Lock()
    won: list[Claim] = []
    refused: list[str] = []

    class ReadTogether(MemoryObjects):
        def read(self, key: str) -> tuple[bytes, str] | None:
            found = objects.read(key)
            together.wait(timeout=30)
            return found

        def create(self, key: str, content: bytes) -> str | None:
            return None

        def replace(self, key: str, content: bytes, etag: str) -> str | None:
            with lock:
                return objects.replace(key, content, etag)

    def take(number: int) -> None:
        claims = ExpiringClaims(
            ReadTogether(), f"t|{number}", clock.now, clock.sleep, EXPIRY, timedelta(0), SKEW, lambda *_: nullcontext()
        )
        try:
            with claims.claiming(NAME) as claim:
                won.append(claim)
                claim.confirm()
        except StorageError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(refused) == 7
    assert all("changing hands" in message for message in refused)


def test_a_taker_that_was_overtaken_replaces_nothing(clock: Clock) -> None:
    class Overtaken(MemoryObjects):
        def read(self, key: str) -> tuple[bytes, str] | None:
            found = super().read(key)
            if entry(self)["owner"] == "elsewhere|2":
                put(self, START + EXPIRY, "faster|4")
            return found

    objects = Overtaken()
    put(objects, START - EXPIRY)
    with pytest.raises(StorageError, match="changing hands"), writer(objects, clock).claiming(NAME):
        pass
    assert entry(objects)["owner"] == "faster|4"


def test_a_slow_source_keeps_its_claim_by_renewal(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.sleep(10 * EXPIRY.total_seconds())
        with pytest.raises(StorageError, match="claimed by here"), writer(objects, clock, "b|2").claiming(NAME):
            pass
        claim.confirm()
        assert datetime.fromisoformat(entry(objects)["expires_at"]) == clock.time + EXPIRY
    assert objects.objects == {}


def test_a_writer_that_was_stopped_learns_that_its_claim_expired(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.is_stopped = True
        clock.sleep(EXPIRY.total_seconds())
        with pytest.raises(StorageError, match=r"lost: not renewed before 2026-03-03 06:01:00.*; run again"):
            claim.confirm()
        clock.is_stopped = False
        clock.sleep(EXPIRY.total_seconds())  # a renewal that comes too late revives nothing
        with pytest.raises(StorageError, match="lost: not renewed"):
            claim.confirm()
    assert KEY in objects.objects


def test_a_lost_claim_is_noticed_and_the_takers_stays(objects: MemoryObjects, clock: Clock) -> None:
    """The taker's clock is far ahead, so it takes a claim over that lives."""
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + 5 * EXPIRY, "ahead|3")
        with pytest.raises(StorageError, match=r"claim of here\|1 was lost: taken over by ahead\|3; run again"):
            claim.confirm()
        clock.sleep(30)
    assert entry(objects)["owner"] == "ahead|3"


def test_release_without_confirm_leaves_the_takers_claim(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME):
        put(objects, START + EXPIRY, "ahead|3")
    assert entry(objects)["owner"] == "ahead|3"


def test_ones_own_name_on_anothers_claim_is_a_loss_too(objects: MemoryObjects, clock: Clock) -> None:
    """Process numbers come again, and one process can claim a name twice."""
    with writer(objects, clock, "here|1").claiming(NAME) as claim:
        put(objects, START + EXPIRY, "here|1")
        with pytest.raises(StorageError, match=r"taken over by here\|1"):
            claim.confirm()


@pytest.mark.parametrize("is_noticed", [True, False])
def test_a_store_that_deletes_whatever_the_condition_says_keeps_the_takers_claim(
    clock: Clock, is_noticed: bool
) -> None:
    class Careless(MemoryObjects):
        def delete(self, key: str, etag: str) -> None:
            self.objects.pop(key, None)

    objects = Careless()
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + 5 * EXPIRY, "ahead|3")
        if is_noticed:
            with pytest.raises(StorageError, match="taken over"):
                claim.confirm()
        else:
            clock.is_stopped = True
            clock.sleep(EXPIRY.total_seconds())
    assert entry(objects)["owner"] == "ahead|3"


def test_a_loss_is_seen_by_renewal_too(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + EXPIRY, "ahead|3")
        clock.sleep(25)
        assert clock.repeated == []  # there is nothing left to renew
        del objects.objects[KEY]  # even when the taker is done already
        with pytest.raises(StorageError, match=r"taken over by ahead\|3"):
            claim.confirm()


def test_a_removed_claim_is_lost(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        del objects.objects[KEY]
        with pytest.raises(StorageError, match="lost: removed by someone; run again"):
            claim.confirm()


def test_a_store_out_of_reach_for_less_than_the_expiry_costs_nothing(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = [StorageError("no network")] * 2
        clock.sleep(59)
        assert objects.mishaps == []
        claim.confirm()


def test_a_store_out_of_reach_for_longer_is_named_as_the_cause(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = [StorageError("no network")] * 3
        clock.sleep(60)
        with pytest.raises(StorageError, match=r"expired \(no network\); run again"):
            claim.confirm()


def test_a_trouble_that_is_over_is_not_named_as_the_cause(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = [StorageError("no network")]
        clock.sleep(40)
        clock.is_stopped = True
        clock.sleep(60)
        with pytest.raises(StorageError, match="when it expired; run again"):
            claim.confirm()


def test_an_answer_that_took_longer_than_the_claim_lasts_confirms_nothing(clock: Clock) -> None:
    class Slow(MemoryObjects):
        def replace(self, key: str, content: bytes, etag: str) -> str | None:
            clock.is_stopped = True
            clock.sleep(EXPIRY.total_seconds())
            return super().replace(key, content, etag)

    with writer(Slow(), clock).claiming(NAME) as claim, pytest.raises(StorageError, match="not renewed"):
        claim.confirm()


@pytest.mark.parametrize("mishap", ["answer lost", "conflict"])
def test_a_renewal_that_was_not_answered_or_not_done_is_tried_again(
    objects: MemoryObjects, clock: Clock, mishap: str
) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.sleep(5)
        objects.mishaps = [mishap]
        claim.confirm()
        assert datetime.fromisoformat(entry(objects)["expires_at"]) == clock.time + EXPIRY
    assert objects.objects == {}


def test_renewals_that_always_conflict_confirm_nothing(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = ["conflict"] * 3
        with pytest.raises(StorageError, match="3 renewals of this claim met other requests; run again"):
            claim.confirm()
        claim.confirm()


def test_ones_own_creation_is_recognised_when_its_answer_was_lost(objects: MemoryObjects, clock: Clock) -> None:
    objects.mishaps = ["answer lost"]
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()


def test_ones_own_takeover_is_recognised_when_its_answer_was_lost(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START - EXPIRY)
    objects.mishaps = ["conflict", "answer lost"]
    with writer(objects, clock, patience=2).claiming(NAME) as claim:
        claim.confirm()


def test_a_claim_that_can_not_be_removed_fails_nobodys_block(
    objects: MemoryObjects, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with writer(objects, clock).claiming(NAME):
        objects.mishaps = [StorageError("no right to delete")]
    assert KEY in objects.objects
    assert caplog.messages == [
        "claim kept until 2026-03-03 06:01:00+00:00, because it can't be removed: no right to delete"
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"no json",
        b"[]",
        b"null",
        b"{}",
        b'{"owner": "a", "token": "b", "expires_at": 3}',
        b'{"owner": "a", "token": "b", "expires_at": "soon"}',
        b'{"owner": "a", "token": "b", "expires_at": "2026-03-03T06:00:00"}',
    ],
)
def test_junk_in_place_of_a_claim_is_named(objects: MemoryObjects, clock: Clock, content: bytes) -> None:
    objects.objects[KEY] = (content, "v0")
    with pytest.raises(StorageError, match=rf"^memory://{KEY}: not a claim \(.*delete this object, then run again$"):
        writer(objects, clock, patience=60).claiming(NAME).__enter__()
    assert objects.objects[KEY] == (content, "v0")


def test_repeating_calls_beside_the_block_and_ends_with_it() -> None:
    called = threading.Semaphore(0)

    def action() -> bool:
        called.release()
        return True

    with repeating(timedelta(milliseconds=1), action):
        assert all(called.acquire(timeout=30) for _ in range(3))
    assert not [thread for thread in threading.enumerate() if thread.name == "claim-renewal"]


def test_repeating_ends_when_there_is_nothing_left_to_do() -> None:
    calls: list[int] = []
    is_seen = threading.Event()

    def action() -> bool:
        is_seen.wait(timeout=30)  # a thread that has ended already could not be waited for
        calls.append(1)
        return False

    with repeating(timedelta(milliseconds=1), action):
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "claim-renewal"]
        is_seen.set()
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert calls == [1]


class WritersWithClocksApart(RuleBasedStateMachine):
    """Writers claim, confirm, stop, die and lose answers; no claim is given while another may still publish."""

    WRITERS = range(3)

    @initialize(offsets=st.tuples(*[st.integers(0, int(SKEW.total_seconds()))] * 3))
    def start(self, offsets: tuple[int, ...]) -> None:
        self.objects = MemoryObjects()
        self.time = START
        self.offsets = [timedelta(seconds=offset) for offset in offsets]
        self.renewals: dict[int, object] = {}
        self.held: dict[int, tuple[AbstractContextManager[Claim], Claim]] = {}
        self.may_publish_until: dict[int, datetime] = {}
        self.graveyard: list[object] = []  # a dead writer's context must not be closed by the garbage collector

    def claims(self, number: int) -> ExpiringClaims:
        def renewing(every: timedelta, action: object) -> AbstractContextManager[None]:
            self.renewals[number] = action
            return nullcontext()

        def now() -> datetime:
            return self.time + self.offsets[number]

        return ExpiringClaims(self.objects, f"w|{number}", now, lambda _: None, EXPIRY, timedelta(0), SKEW, renewing)

    def no_other_may_publish(self, number: int) -> bool:
        return all(until <= self.time for other, until in self.may_publish_until.items() if other != number)

    @rule(number=st.sampled_from(WRITERS))
    def claim(self, number: int) -> None:
        if number in self.held:
            return
        context = self.claims(number).claiming(NAME)
        try:
            claim = context.__enter__()
        except StorageError:
            return
        assert self.no_other_may_publish(number)
        self.held[number] = (context, claim)

    @rule(number=st.sampled_from(WRITERS))
    def confirm(self, number: int) -> None:
        if number not in self.held:
            return
        try:
            self.held[number][1].confirm()
        except StorageError:
            self.may_publish_until.pop(number, None)
            return
        assert self.no_other_may_publish(number)
        self.may_publish_until[number] = self.time + EXPIRY

    @rule(number=st.sampled_from(WRITERS))
    def renew(self, number: int) -> None:
        if number in self.held:
            self.renewals[number]()  # type: ignore[operator]

    @rule(number=st.sampled_from(WRITERS))
    def finish(self, number: int) -> None:
        if number in self.held:
            self.held.pop(number)[0].__exit__(None, None, None)
            self.may_publish_until.pop(number, None)

    @rule(number=st.sampled_from(WRITERS))
    def die(self, number: int) -> None:
        if number in self.held:
            self.graveyard.append(self.held.pop(number))
            self.may_publish_until.pop(number, None)

    @rule(seconds=st.integers(1, 80))
    def wait(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)

    @rule(mishap=st.sampled_from(["answer lost", "conflict"]))
    def mishap(self, mishap: str) -> None:
        self.objects.mishaps.append(mishap)

    @rule()
    @precondition(lambda self: not self.held and not self.objects.mishaps)
    def whatever_was_left_behind_expires(self) -> None:
        self.time += EXPIRY + 2 * SKEW + timedelta(seconds=1)
        with self.claims(0).claiming(NAME) as claim:
            claim.confirm()

    @invariant()
    def at_most_one_may_publish(self) -> None:
        assert sum(until > self.time for until in self.may_publish_until.values()) <= 1


WritersWithClocksApart.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestWritersWithClocksApart = WritersWithClocksApart.TestCase
