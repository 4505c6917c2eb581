"""Days that owners list: read in the shapes that the world writes them in, and given by date."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, SpecialKind, special_days_of
from pizza_assets.settings import Settings
from pizza_assets.settings.special_days_file import with_special_days

LEEDS, HULL = Market("Leeds", "Europe/London", ("Leeds United",)), Market("Hull", "Europe/London")


def read(tmp_path: Path, text: str, name: str = "days.csv") -> dict[str, list[tuple[str, str, str, str | None]]]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return {
        market.name: [(f"{d.first:%m-%d}", f"{d.last:%m-%d}", d.kind.value, d.note) for d in market.special_days]
        for market in with_special_days((LEEDS, HULL), path)
    }


CLOSED = ("12-05", "12-05", "closed", None)


@pytest.mark.parametrize(
    ("text", "leeds", "hull"),
    [
        # our own
        ("date,to,kind,market,note\n2026-12-05,,closed,Leeds,\n", [CLOSED], []),
        # a frame of holidays for Prophet: days before and after, the name says the kind
        (
            "holiday,ds,lower_window,upper_window\nChristmas promo,2026-12-24,-1,2\n",
            [("12-23", "12-26", "promotion", "Christmas promo")],
            [("12-23", "12-26", "promotion", "Christmas promo")],
        ),
        # one row per shop and day with columns of flags: ordinary days are listed, too
        (
            "Store,Date,Open,Promo,StateHoliday\nLeeds,2026-12-05,0,0,a\nLeeds,2026-12-06,1,0,0\nHull,2026-12-06,1,1,0\n",
            [CLOSED],
            [("12-06", "12-06", "promotion", None)],
        ),
        # holidays and events by place; one that was moved is a day like any other
        (
            "date,type,locale,locale_name,description,transferred\n"
            "2026-12-05,Event,Local,Leeds,Light night,False\n2026-12-06,Holiday,Local,Leeds,Old day,True\n",
            [("12-05", "12-05", "concert", "Light night")],
            [],
        ),
        # a spreadsheet from a country of semicolons and dots, with a byte order mark and an empty line
        ("\ufeffDatum;Shop;Reason\n05.12.2026;Leeds;Closed for repairs\n;;\n", [CLOSED], []),
        # day and month in the order of a country, which one date gives away
        ("Date\tEvent\n05/12/2026\tClosed\n25/12/2026\tClosed\n", None, None),
        # special hours of a business profile: ranges, and a column for closed
        ("start_date,end_date,closed\n20261205,20261207,TRUE\n", [("12-05", "12-07", "closed", None)], None),
        # times that a calendar exports with its dates
        ("Start,End,Title\n2026-12-05T00:00:00,2026-12-05 23:59,Snow\n", [("12-05", "12-05", "snow", "Snow")], None),
    ],
)
def test_lists_are_read_as_the_world_writes_them(
    tmp_path: Path, text: str, leeds: list | None, hull: list | None
) -> None:
    found = read(tmp_path, text)
    if leeds is None:
        assert [day[0] for day in found["Leeds"]] == ["12-05", "12-25"]
        return
    assert found["Leeds"] == leeds
    assert found["Hull"] == (leeds if hull is None else hull)


def test_a_toml_is_read(tmp_path: Path) -> None:
    text = '[[day]]\ndate = 2026-12-05\n[[day]]\ndate = "2026-12-06"\nto = 2026-12-08\nkind = "promotion"\n'
    text += 'markets = ["Hull"]'
    found = read(tmp_path, text, "days.toml")
    assert found == {
        "Leeds": [("12-05", "12-05", "other", None)],
        "Hull": [("12-05", "12-05", "other", None), ("12-06", "12-08", "promotion", None)],
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "when,kind\n2026-12-05,closed\n", "no column of dates"),
        ("a.csv", "date,market\n2026-12-05,Leds\n", "line 2: 'Leds' is no market"),
        ("a.csv", "date\nsoon\n", "line 2: 'soon' is not a date; write it as 2026-08-04"),
        ("a.csv", "date\n2026-02-30\n", "'2026-02-30' is not a date"),
        ("a.csv", "date\n04/08/2026\n", "'04/08/2026' may be either of two days"),
        ("a.csv", "date,to\n2026-12-05,2026-12-01\n", "ends on 2026-12-01, before it starts"),
        ("a.toml", "[[day]]\nkind='closed'", "day 1: date is missing"),
        ("a.toml", "[[day]]\ndat=2026-12-05", "unknown key 'dat'"),
        ("a.toml", "day = 3", "must be written as [[day]]"),
        ("a.toml", "[[day", "not readable as TOML"),
    ],
)
def test_a_wrong_list_is_refused_by_file_and_row(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read(tmp_path, text, name)
    assert message in str(refusal.value)
    assert name in str(refusal.value)


def test_the_setting_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("date,market\n2026-12-05,Leeds\n")
    markets = {m.name: m for m in Settings.from_environment({"PIZZA_SPECIAL_DAYS": str(path)}).markets()}
    assert [day.first for day in markets["Leeds"].special_days] == [date(2026, 12, 5)]
    assert markets["Burnley"].special_days == ()
    with pytest.raises(ConfigurationError, match="no such file"):
        Settings.from_environment({"PIZZA_SPECIAL_DAYS": "nowhere.csv"}).markets()


def test_a_special_day_is_named_by_its_owner_without_separators() -> None:
    day = date(2026, 12, 5)
    assert SpecialDay(day, day, SpecialKind.CLOSED).name == "closed"
    assert SpecialDay(day, day, SpecialKind.CLOSED, "oven; floor").name == "oven, floor"


DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 15))


@given(
    st.lists(st.builds(SpecialDay, DAYS, DAYS, st.sampled_from(SpecialKind)), max_size=5),
    DAYS,
    st.integers(0, 40),
)
def test_each_date_has_its_special_day(listed: list[SpecialDay], first: date, length: int) -> None:
    dates = [first + timedelta(days=n) for n in range(length + 1)]
    found = special_days_of(listed, dates[0], dates[-1])
    for day in dates:
        there = [special for special in listed if special.first <= day <= special.last]
        closed = [special for special in there if special.kind == SpecialKind.CLOSED]
        assert found.get(day) == next(iter(closed or there), None)
    assert list(found) == sorted(found)
    assert set(found) <= set(dates)
