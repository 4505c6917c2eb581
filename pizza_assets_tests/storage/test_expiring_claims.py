"""Expiring claims: two writers, lost responses, suspended writers and clocks that differ."""

import json
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pizza_assets.errors import StorageError
from pizza_assets.storage.claims import Claim
from pizza_assets.storage.expiring_claims import ExpiringClaims, repeating
from pizza_assets_tests.storage.listed_memory import START, Clock, Listed, MemoryObjects
from pizza_assets_tests.support.examples import examples

NAME = "raw_orders/2026-03-03"
FOLDER = f".claims/{NAME}/"
THEIRS = f"{FOLDER}theirs.json"
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


def entries(objects: MemoryObjects) -> list[dict[str, str]]:
    """The claim entries in the folder."""
    return [json.loads(objects.objects[listed.key]) for listed in objects.listing(FOLDER)]


def put(objects: MemoryObjects, expires_at: datetime, owner: str = "elsewhere|2", key: str = THEIRS) -> None:
    """Write another writer's claim."""
    objects.objects[key] = json.dumps({"owner": owner, "expires_at": expires_at.isoformat()}).encode()


def test_a_claim_names_its_holder_and_is_released_after_its_block(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()
        assert [found["owner"] for found in entries(objects)] == ["here|1"]
        assert datetime.fromisoformat(entries(objects)[0]["expires_at"]) == START + EXPIRY
    assert objects.objects == {}


def test_a_claim_is_released_when_its_block_fails(objects: MemoryObjects, clock: Clock) -> None:
    with pytest.raises(RuntimeError, match="no such match"), writer(objects, clock).claiming(NAME):
        raise RuntimeError("no such match")
    assert objects.objects == {}


def test_claims_on_other_names_are_free(objects: MemoryObjects, clock: Clock) -> None:
    claims = writer(objects, clock)
    with claims.claiming(NAME), claims.claiming("raw_orders/2026-03-10") as other:
        other.confirm()


def test_a_second_writer_gets_holder_expiry_and_remedy(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock, "there|7").claiming(NAME):
        with pytest.raises(StorageError) as refusal, writer(objects, clock, patience=30).claiming(NAME):
            pass
        assert clock.time == START + timedelta(seconds=30)
    message = str(refusal.value)
    assert message.startswith(f"memory://{FOLDER}: claimed by there|7 until 2026-03-03 06:01:20+00:00, and renewed")
    assert "; waited 30 s. " in message
    assert "run again" in message
    assert "the claim is free from 2026-03-03 06:01:30+00:00" in message


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
def test_a_writer_waits_for_exactly_its_patience(objects: MemoryObjects, clock: Clock, patience: float) -> None:
    put(objects, START + timedelta(days=1))
    with (
        pytest.raises(StorageError, match="elsewhere"),
        writer(objects, clock, patience=patience).claiming(NAME),
    ):
        pass
    assert clock.time == START + timedelta(seconds=patience)


def test_claims_that_expire_soon_are_polled_often(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START + timedelta(days=1))
    asleep: list[float] = []
    claims = ExpiringClaims(
        objects, "here|1", clock.now, asleep.append, timedelta(seconds=1.2), timedelta(seconds=1), SKEW, clock.repeating
    )
    with pytest.raises(StorageError, match="elsewhere"), claims.claiming(NAME):
        pass
    assert asleep == [0.2] * 5


def test_a_dead_writers_claim_is_taken_over_after_expiry_and_skew(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START + EXPIRY)
    with writer(objects, clock, patience=100).claiming(NAME) as claim:
        claim.confirm()
        assert clock.time == START + EXPIRY + SKEW + timedelta(seconds=2)
        assert [found["owner"] for found in entries(objects)] == ["here|1"]


def test_a_claim_expired_for_less_than_the_skew_is_not_taken_over(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START - SKEW)
    with pytest.raises(StorageError, match="claimed by elsewhere"), writer(objects, clock).claiming(NAME):
        pass
    put(objects, START - SKEW - timedelta(microseconds=1))
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()


def test_at_most_one_of_many_simultaneous_takers_wins(objects: MemoryObjects, clock: Clock) -> None:
    """All of them see the expired claim before the first of them writes."""
    put(objects, START - EXPIRY)
    together = threading.Barrier(8)
    lock = threading.Lock()
    have_looked: set[int] = set()
    won: list[Claim] = []
    refused: list[str] = []

    class LookedAtTogether(MemoryObjects):
        def listing(self, prefix: str) -> list[Listed]:
            with lock:
                found = objects.listing(prefix)
            if threading.get_ident() not in have_looked:
                have_looked.add(threading.get_ident())
                together.wait(timeout=30)
            return found

        def read(self, key: str) -> bytes | None:
            return objects.read(key)

        def put(self, key: str, content: bytes) -> None:
            with lock:
                objects.put(key, content)

        def delete(self, key: str) -> None:
            with lock:
                objects.delete(key)

    def take(number: int) -> None:
        claims = ExpiringClaims(
            LookedAtTogether(),
            f"t|{number}",
            clock.now,
            clock.sleep,
            EXPIRY,
            timedelta(0),
            SKEW,
            lambda *_: nullcontext(),
        )
        try:
            with claims.claiming(NAME) as claim:
                won.append(claim)
                claim.confirm()
                together.wait(timeout=30)
        except StorageError as error:
            refused.append(str(error))
            together.wait(timeout=30)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) <= 1
    assert len(won) + len(refused) == 8
    assert all("changing hands" in message for message in refused)


def test_two_simultaneous_claimants_wait_random_times_and_retry(objects: MemoryObjects, clock: Clock) -> None:
    class NotAlone(MemoryObjects):
        def put(self, key: str, content: bytes) -> None:
            super().put(key, content)
            if self.others:
                put(self, START + EXPIRY, key=self.others.pop())

        def listing(self, prefix: str) -> list[Listed]:
            found = super().listing(prefix)
            self.objects.pop(f"{FOLDER}other.json", None)  # the other writer saw us, too
            return found

        others: list[str]

    objects = NotAlone()
    objects.others = [f"{FOLDER}other.json"]
    asleep: list[float] = []
    claims = ExpiringClaims(
        objects, "here|1", clock.now, asleep.append, EXPIRY, EXPIRY, SKEW, clock.repeating, draw=lambda: 0.25
    )
    with claims.claiming(NAME) as claim:
        claim.confirm()
    assert asleep == [0.5]


def test_a_claim_renewed_during_a_takeover_survives(clock: Clock) -> None:
    class Late(MemoryObjects):
        def put(self, key: str, content: bytes) -> None:
            super().put(key, content)
            put(self, START + EXPIRY)  # the old holder's renewal arrives late

    objects = Late()
    put(objects, START - EXPIRY)
    with pytest.raises(StorageError, match="changing hands"), writer(objects, clock).claiming(NAME):
        pass
    assert [found["owner"] for found in entries(objects)] == ["elsewhere|2"]


def test_a_store_with_inconsistent_listings_gives_no_claim(clock: Clock) -> None:
    class LateListings(MemoryObjects):
        def listing(self, prefix: str) -> list[Listed]:
            return []

    with pytest.raises(StorageError, match="changing hands"), writer(LateListings(), clock).claiming(NAME):
        pass


def test_a_claimant_that_withdraws_does_not_affect_the_holder(clock: Clock) -> None:
    class PassedBy(MemoryObjects):
        def listing(self, prefix: str) -> list[Listed]:
            found = super().listing(prefix)
            self.objects.pop(THEIRS, None)
            return found

    objects = PassedBy()
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + EXPIRY)
        claim.confirm()


def test_a_slow_source_keeps_its_claim_by_renewal(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.sleep(10 * EXPIRY.total_seconds())
        with pytest.raises(StorageError, match="claimed by here"), writer(objects, clock, "b|2").claiming(NAME):
            pass
        claim.confirm()
        assert datetime.fromisoformat(entries(objects)[0]["expires_at"]) == clock.time + EXPIRY
    assert objects.objects == {}


def test_a_writer_that_was_stopped_learns_that_its_claim_expired(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.is_stopped = True
        clock.sleep(EXPIRY.total_seconds())
        with pytest.raises(StorageError, match=r"lost: not renewed before 2026-03-03 06:01:00.*; run again"):
            claim.confirm()
        clock.is_stopped = False
        clock.sleep(EXPIRY.total_seconds())  # a late renewal does not restore the claim
        with pytest.raises(StorageError, match="lost: not renewed"):
            claim.confirm()


def test_a_lost_claim_is_noticed_and_the_new_holders_kept(objects: MemoryObjects, clock: Clock) -> None:
    """The new holder's clock is far ahead, so it takes over a live claim."""
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + 5 * EXPIRY, "ahead|3")
        with pytest.raises(StorageError, match=r"claim of here\|1 was lost: taken over by ahead\|3; run again"):
            claim.confirm()
        clock.sleep(30)
    assert [found["owner"] for found in entries(objects)] == ["ahead|3"]


def test_a_takeover_deletes_the_old_object_so_that_its_writer_learns_of_it(
    objects: MemoryObjects, clock: Clock
) -> None:
    """Even when the new holder has finished already."""
    ahead = ExpiringClaims(
        objects,
        "ahead|3",
        lambda: clock.time + 2 * EXPIRY,
        clock.sleep,
        EXPIRY,
        timedelta(0),
        SKEW,
        lambda *_: nullcontext(),
    )
    with writer(objects, clock).claiming(NAME) as claim:
        with ahead.claiming(NAME):
            pass
        with pytest.raises(StorageError, match="lost: its object is gone, so another writer took the claim over"):
            claim.confirm()


def test_a_release_without_confirm_keeps_the_new_holders_claim(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME):
        put(objects, START + EXPIRY, "ahead|3")
    assert [found["owner"] for found in entries(objects)] == ["ahead|3"]


def test_renewal_also_notices_a_loss(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + EXPIRY, "ahead|3")
        clock.sleep(25)
        assert clock.repeated == []  # the claim is lost, so it is not renewed
        del objects.objects[THEIRS]  # even when the new holder has finished already
        with pytest.raises(StorageError, match=r"taken over by ahead\|3"):
            claim.confirm()


def test_a_deleted_claim_is_lost(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.objects.clear()
        with pytest.raises(StorageError, match="lost: its object is gone, .*; run again"):
            claim.confirm()


def test_a_short_outage_of_the_store_does_not_lose_the_claim(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = [StorageError("no network")] * 2
        clock.sleep(59)
        assert objects.mishaps == []
        claim.confirm()


def test_a_long_outage_of_the_store_is_named_as_the_cause(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = [StorageError("no network")] * 3
        clock.sleep(60)
        with pytest.raises(StorageError, match=r"expired \(no network\); run again"):
            claim.confirm()


def test_a_past_outage_is_not_named_as_the_cause(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = [StorageError("no network")]
        clock.sleep(40)
        clock.is_stopped = True
        clock.sleep(60)
        with pytest.raises(StorageError, match="when it expired; run again"):
            claim.confirm()


def test_a_response_slower_than_the_expiry_does_not_confirm_the_claim(clock: Clock) -> None:
    class Slow(MemoryObjects):
        is_slow = False

        def listing(self, prefix: str) -> list[Listed]:
            if self.is_slow:
                clock.is_stopped = True
                clock.sleep(2 * EXPIRY.total_seconds())
            return super().listing(prefix)

    objects = Slow()
    with writer(objects, clock).claiming(NAME) as claim:
        objects.is_slow = True
        with pytest.raises(StorageError, match="not renewed"):
            claim.confirm()


def test_a_confirmed_claim_lasts_for_at_least_half_of_the_expiry(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.is_stopped = True
        clock.sleep(EXPIRY.total_seconds() / 2)
        claim.confirm()
        assert datetime.fromisoformat(entries(objects)[0]["expires_at"]) == clock.time + EXPIRY
        clock.sleep(EXPIRY.total_seconds() / 2 - 1)
        claim.confirm()
        assert datetime.fromisoformat(entries(objects)[0]["expires_at"]) >= clock.time + EXPIRY / 2


def test_a_renewal_after_expiry_counts_as_a_loss(clock: Clock) -> None:
    class Slow(MemoryObjects):
        def put(self, key: str, content: bytes) -> None:
            if self.objects:
                clock.is_stopped = True
                clock.sleep(EXPIRY.total_seconds() / 2)
            super().put(key, content)

    with writer(Slow(), clock).claiming(NAME) as claim:
        clock.is_stopped = True
        clock.sleep(EXPIRY.total_seconds() * 2 / 3)
        with pytest.raises(StorageError, match="not renewed before"):
            claim.confirm()


def test_a_claim_that_cannot_be_deleted_does_not_fail_the_block(
    objects: MemoryObjects, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with writer(objects, clock).claiming(NAME):
        objects.mishaps = [StorageError("no right to delete")]
    assert caplog.messages == [
        "the claim can't be deleted, so it lasts until 2026-03-03 06:01:00+00:00: no right to delete"
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
        b'{"owner": "a", "expires_at": 3}',
        b'{"owner": "a", "expires_at": "soon"}',
        b'{"owner": "a", "expires_at": "2026-03-03T06:00:00"}',
    ],
)
def test_an_invalid_claim_object_is_a_named_error(objects: MemoryObjects, clock: Clock, content: bytes) -> None:
    objects.objects[THEIRS] = content
    with pytest.raises(StorageError, match=rf"^memory://{THEIRS}: not a claim \(.*delete this object, then run again$"):
        writer(objects, clock, patience=60).claiming(NAME).__enter__()
    assert objects.objects[THEIRS] == content


def test_repeating_calls_during_the_block_and_ends_with_it() -> None:
    called = threading.Semaphore(0)

    def action() -> bool:
        called.release()
        return True

    with repeating(timedelta(milliseconds=1), action):
        assert all(called.acquire(timeout=30) for _ in range(3))
    assert not [thread for thread in threading.enumerate() if thread.name == "claim-renewal"]


def test_repeating_ends_when_the_action_returns_false() -> None:
    calls: list[int] = []
    is_seen = threading.Event()

    def action() -> bool:
        is_seen.wait(timeout=30)  # the thread must still be running when the block ends
        calls.append(1)
        return False

    with repeating(timedelta(milliseconds=1), action):
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "claim-renewal"]
        is_seen.set()
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert calls == [1]


class WritersWithClocksApart(RuleBasedStateMachine):
    """Writers claim, confirm, stop, die and lose responses; nobody gets a claim while another may still publish."""

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
        self.may_publish_until[number] = self.time + EXPIRY / 2

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

    @rule()
    def mishap(self) -> None:
        self.objects.mishaps.append(StorageError("no network"))

    @rule()
    @precondition(lambda self: not self.held and not self.objects.mishaps)
    def whatever_was_left_behind_expires(self) -> None:
        self.time += EXPIRY + 2 * SKEW + timedelta(seconds=1)
        with self.claims(0).claiming(NAME) as claim:
            claim.confirm()

    @invariant()
    def at_most_one_may_publish(self) -> None:
        assert sum(until > self.time for until in self.may_publish_until.values()) <= 1


WritersWithClocksApart.TestCase.settings = examples(150, stateful_step_count=30)
TestWritersWithClocksApart = WritersWithClocksApart.TestCase
