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
from pizza_assets_tests.storage.create_only_memory import START, Clock, MemoryObjects

NAME = "raw_orders/2026-03-03"
FOLDER = f".claims/{NAME}/"
FIRST = f"{FOLDER}0000000001.json"
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


def entry(objects: MemoryObjects) -> dict[str, str | None]:
    """What the newest number says."""
    return json.loads(objects.objects[objects.keys(FOLDER)[-1]])


def is_free(objects: MemoryObjects) -> bool:
    """One number is left, so that none comes twice, and it says that its owner is done."""
    return len(objects.objects) == 1 and entry(objects)["expires_at"] is None


def put(objects: MemoryObjects, expires_at: datetime, owner: str = "elsewhere|2") -> None:
    """Another's claim, as the next number."""
    fields = {"owner": owner, "token": f"of {owner}, but another", "expires_at": expires_at.isoformat()}
    numbers = [int(key.removeprefix(FOLDER).removesuffix(".json")) for key in objects.keys(FOLDER)]
    assert objects.create(f"{FOLDER}{max(numbers, default=0) + 1:010}.json", json.dumps(fields).encode())


def test_a_claim_says_whose_it_is_and_is_gone_after_its_block(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()
        assert entry(objects)["owner"] == "here|1"
        assert datetime.fromisoformat(str(entry(objects)["expires_at"])) == START + EXPIRY
    assert is_free(objects)


def test_a_claim_is_gone_after_a_block_that_fails(objects: MemoryObjects, clock: Clock) -> None:
    with pytest.raises(RuntimeError, match="no such match"), writer(objects, clock).claiming(NAME):
        raise RuntimeError("no such match")
    assert is_free(objects)


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
    assert message.startswith(f"memory://{FOLDER}: claimed by there|7 until 2026-03-03 06:01:20+00:00, and renewed")
    assert "; waited 30 s. " in message
    assert "run again" in message
    assert "its claim is free from 2026-03-03 06:01:30+00:00" in message


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
    have_read: set[int] = set()
    refused: list[str] = []

    class ReadTogether(MemoryObjects):
        def read(self, key: str) -> bytes | None:
            found = objects.read(key)
            if threading.get_ident() not in have_read:
                have_read.add(threading.get_ident())
                together.wait(timeout=30)
            return found

        def create(self, key: str, content: bytes) -> bool:
            with lock:
                return objects.create(key, content)

        def put(self, key: str, content: bytes) -> None:
            objects.put(key, content)

        def keys(self, prefix: str) -> list[str]:
            return objects.keys(prefix)

        def delete(self, key: str) -> None:
            pass  # the number that all have read stays

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


def test_a_taker_that_was_overtaken_takes_nothing(clock: Clock) -> None:
    class Overtaken(MemoryObjects):
        def create(self, key: str, content: bytes) -> bool:
            if len(self.objects) == 1:
                self.objects[key] = json.dumps({**entry(self), "owner": "faster|4"}).encode()
            return super().create(key, content)

    objects = Overtaken()
    objects.objects[FIRST] = json.dumps(
        {"owner": "elsewhere|2", "token": "t", "expires_at": (START - EXPIRY).isoformat()}
    ).encode()
    with pytest.raises(StorageError, match="changing hands"), writer(objects, clock).claiming(NAME):
        pass
    assert entry(objects)["owner"] == "faster|4"


def test_a_taker_so_late_that_its_number_had_its_time_takes_nothing(clock: Clock) -> None:
    """Between its look and its creating, another had the number, was done, and removed it."""

    class Late(MemoryObjects):
        def read(self, key: str) -> bytes | None:
            found = super().read(key)
            if key == FIRST and not self.others:
                self.others.append(ExitStack())
                another = writer(self, clock, "faster|4")
                with another.claiming(NAME):
                    pass
                self.others[0].enter_context(another.claiming(NAME))
            return found

        others: list[ExitStack]

    objects = Late()
    objects.others = []
    put(objects, START - EXPIRY)
    with pytest.raises(StorageError, match="changing hands"), writer(objects, clock).claiming(NAME):
        pass
    with pytest.raises(StorageError, match=r"claimed by faster\|4"), writer(objects, clock).claiming(NAME):
        pass
    objects.others[0].close()


def test_a_first_taker_so_late_that_others_came_and_went_takes_nothing(clock: Clock) -> None:
    class Late(MemoryObjects):
        def keys(self, prefix: str) -> list[str]:
            found = super().keys(prefix)
            if not self.is_late:
                self.is_late = True
                for owner in ("faster|4", "faster|5"):
                    with writer(self, clock, owner).claiming(NAME):
                        pass
            return found

        is_late = False

    objects = Late()
    with pytest.raises(StorageError, match="changing hands"), writer(objects, clock).claiming(NAME):
        pass
    with writer(objects, clock).claiming(NAME) as claim:
        claim.confirm()
    assert is_free(objects)


def test_a_slow_source_keeps_its_claim_by_renewal(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.sleep(10 * EXPIRY.total_seconds())
        with pytest.raises(StorageError, match="claimed by here"), writer(objects, clock, "b|2").claiming(NAME):
            pass
        claim.confirm()
        assert datetime.fromisoformat(str(entry(objects)["expires_at"])) == clock.time + EXPIRY
    assert is_free(objects)


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
    assert entry(objects)["expires_at"] is not None


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


def test_a_loss_is_seen_by_renewal_too(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        put(objects, START + EXPIRY, "ahead|3")
        clock.sleep(25)
        assert clock.repeated == []  # there is nothing left to renew
        put(objects, START, "done|4")  # even when the taker is done already
        with pytest.raises(StorageError, match=r"taken over by ahead\|3"):
            claim.confirm()


def test_a_removed_claim_is_lost(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.objects.clear()
        with pytest.raises(StorageError, match="lost: the number before is gone, .*; run again"):
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
        is_slow = False

        def create(self, key: str, content: bytes) -> bool:
            if self.is_slow:
                clock.is_stopped = True
                clock.sleep(2 * EXPIRY.total_seconds())
            return super().create(key, content)

    objects = Slow()
    with writer(objects, clock).claiming(NAME) as claim:
        objects.is_slow = True
        with pytest.raises(StorageError, match="not renewed"):
            claim.confirm()


@pytest.mark.parametrize("mishap", ["answer lost", "conflict"])
def test_a_renewal_that_was_not_answered_or_not_done_is_tried_again(
    objects: MemoryObjects, clock: Clock, mishap: str
) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        clock.sleep(5)
        objects.mishaps = [mishap]
        claim.confirm()
        assert datetime.fromisoformat(str(entry(objects)["expires_at"])) == clock.time + EXPIRY
    assert is_free(objects)


def test_renewals_that_always_conflict_confirm_nothing(objects: MemoryObjects, clock: Clock) -> None:
    with writer(objects, clock).claiming(NAME) as claim:
        objects.mishaps = ["conflict"] * 3
        with pytest.raises(StorageError, match="3 renewals of this claim met other requests; run again"):
            claim.confirm()
        claim.confirm()


def test_ones_own_creation_is_recognised_when_its_answer_was_lost(objects: MemoryObjects, clock: Clock) -> None:
    objects.mishaps = ["answer lost"]
    with writer(objects, clock, patience=2).claiming(NAME) as claim:
        claim.confirm()


def test_ones_own_takeover_is_recognised_when_its_answer_was_lost(objects: MemoryObjects, clock: Clock) -> None:
    put(objects, START - EXPIRY)
    objects.mishaps = ["conflict", "answer lost"]
    with writer(objects, clock, patience=4).claiming(NAME) as claim:
        claim.confirm()


def test_a_claim_that_can_not_be_removed_fails_nobodys_block(
    objects: MemoryObjects, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with writer(objects, clock).claiming(NAME):
        objects.mishaps = [StorageError("no right to delete")]
    assert entry(objects)["expires_at"] is not None
    assert caplog.messages == [
        "claim kept until 2026-03-03 06:01:00+00:00, or not cleared up: no right to delete"
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
    objects.objects[FIRST] = content
    with pytest.raises(StorageError, match=rf"^memory://{FIRST}: not a claim \(.*delete this object, then run again$"):
        writer(objects, clock, patience=60).claiming(NAME).__enter__()
    assert objects.objects[FIRST] == content


def test_junk_among_the_numbers_is_named(objects: MemoryObjects, clock: Clock) -> None:
    objects.objects[f"{FOLDER}notes.txt"] = b""
    with pytest.raises(StorageError, match=r"notes\.txt: not a claim \(its name is no number\)"):
        writer(objects, clock).claiming(NAME).__enter__()


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
