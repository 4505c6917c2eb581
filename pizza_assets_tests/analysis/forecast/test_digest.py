"""The digest: its lines, its formats, and last weekend's forecast beside the orders that came."""

import json
import math
import re
from datetime import date, timedelta

import pandas as pd
import pytest

from pizza_assets.analysis.forecast.digest import LINES, Digest, digest, last_weekend, review_lines, weekend_begin
from pizza_assets.analysis.forecast.digest_formats import FORMATS, as_text
from pizza_assets.models.demand import DemandForecast
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, demand_forecast

FORECAST = DemandForecast.conform(demand_forecast(["real"], ["real"], is_known=True))


def with_match(adds: float | None) -> pd.DataFrame:
    """The forecast, with a match that adds so much to the Saturday of shops in Birmingham."""
    rows = FORECAST.copy()
    days = (rows["span"] == "day") & (rows["market"] == "Birmingham") & (rows["business_date"] == "2026-08-08")
    rows.loc[days, "with_football"] = None if adds is None else rows.loc[days, "without_football"] + adds
    return rows


def made(rows: pd.DataFrame, now: pd.Timestamp = SATURDAY) -> Digest:
    found = digest(rows, now)
    assert found is not None
    return found


def test_a_shop_has_its_busiest_hour_and_what_the_match_adds() -> None:
    text = as_text(made(with_match(13.6)))
    assert (
        "- Birmingham, shop 1: Sat 18:00 to 19:00, staff for 49 orders, 7 people; "
        "match on Sat: Aston Villa – Everton, 15:00 (+14 orders that day)"
    ) in text
    assert "- Brentford, shop 1: Sat 18:00 to 19:00, staff for 49 orders, 7 people\n" in text


@pytest.mark.parametrize(
    ("adds", "words"),
    [(-3.0, "15:00 (−3 orders that day)"), (1.2, "(+1 order that day)"), (0.3, "15:00\n"), (None, "15:00\n")],
)
def test_what_is_not_known_to_be_added_is_not_told(adds: float | None, words: str) -> None:
    assert words in as_text(made(with_match(adds)))


def test_less_than_without_a_match_is_told_with_a_minus_sign_in_what_people_read() -> None:
    found = made(with_match(-3.0))
    for style, write in FORMATS.items():
        assert ("(−3 orders that day)" in write(found).replace("\\", "")) == (style != "json")


def test_the_digest_is_about_ten_lines_however_many_shops_there_are() -> None:
    shops = [
        FORECAST.assign(store_id=f"{n:03}", usual_orders=FORECAST["usual_orders"] / (1 + n / 100)) for n in range(50)
    ]
    found = made(pd.concat(shops, ignore_index=True))
    lines = [line for section in found.sections for line in section.lines]
    assert len(lines) == LINES + 2
    assert lines[0].startswith("Birmingham, 049:"), "the most unusual shop comes first"
    assert lines[4] == "and 96 more shops: no day more than 48 % from the usual"
    assert found.rows["store_id"].nunique() == 50, "JSON and CSV have every shop"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (range(0), "and 96 more shops: their usual orders are not known yet"),
        (range(10), "and 96 more shops: no day more than 8 % from the usual (not known yet for 80 of them)"),
        (range(50), "and 96 more shops: no day more than 48 % from the usual"),
    ],
)
def test_a_shop_without_a_usual_is_not_said_to_be_as_usual(known: range, words: str) -> None:
    usual = FORECAST["usual_orders"]
    shops = [
        FORECAST.assign(store_id=f"{n:03}", usual_orders=usual / (1 + n / 100) if n in known else float("nan"))
        for n in range(50)
    ]
    lines = [line for section in made(pd.concat(shops, ignore_index=True)).sections for line in section.lines]
    assert lines[4] == words


def test_hours_that_have_passed_are_left_out_and_a_shop_may_be_closed() -> None:
    assert "Sat 19:00 to 20:00, staff for 45" not in as_text(made(FORECAST))
    saturday = FORECAST[FORECAST["business_date"] == "2026-08-08"]
    assert "Sat 19:00 to 20:00, staff for 45" in as_text(made(saturday, SATURDAY + pd.Timedelta(hours=19, minutes=6)))
    late = made(saturday, SATURDAY + pd.Timedelta(hours=23))
    assert "Brentford, shop 1: closed for today" in as_text(late)
    assert late.title.endswith("What to staff for, Sat 08 Aug 2026"), "one day is no range"
    assert digest(FORECAST, SATURDAY + pd.Timedelta(days=9)) is None


def test_a_shop_whose_hours_are_refused_says_why() -> None:
    refused = FORECAST.assign(
        status="insufficient_data", quantile_90=float("nan"), reasons="under_8_weeks: too few weeks"
    )
    assert "Birmingham, shop 1: no hour is forecast (too few weeks)" in as_text(made(refused))


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("mock", "mock"), "MOCK DATA: "),
        (("mock", "real"), "MOCK ORDERS, real matches: "),
        (("real", "mock"), "Real orders, MOCK MATCHES: "),
    ],
)
def test_mock_is_labelled_in_every_format(pair: tuple[str, str], words: str) -> None:
    rows = DemandForecast.conform(demand_forecast([pair[0]], [pair[1]], is_known=True))
    found = made(rows)
    assert found.title.startswith(words)
    assert all(section.heading.startswith(words) for section in found.sections)
    for write in FORMATS.values():
        assert write(found).count(words) >= 3


def test_real_and_mock_are_sections_of_their_own() -> None:
    found = made(DemandForecast.conform(demand_forecast(["real", "mock"], ["real"], is_known=True)))
    assert [section.heading for section in found.sections] == [
        "MOCK ORDERS, real matches: Domino's", "MOCK ORDERS, real matches: Pizza Hut", "Domino's", "Pizza Hut"
    ]  # fmt: skip


def test_no_number_is_infinite_or_missing_in_any_format() -> None:
    """Whatever columns are empty, zero or tiny: each alone, and all together. An hour that is answered has a mean."""
    numbers = [name for name in FORECAST.select_dtypes("float").columns if name != "expected"]
    for value in (float("nan"), 0.0, 1e-9):
        for columns in [*([one] for one in numbers), numbers]:
            found = made(FORECAST.assign(**dict.fromkeys(columns, value)))
            for name, write in FORMATS.items():
                assert not re.search(r"\b(nan|inf|none|nat)\b", write(found), re.IGNORECASE), (columns, value, name)


def test_a_day_many_times_above_its_usual_has_no_absurd_percentage() -> None:
    shops = [FORECAST.assign(store_id=f"{n:03}", usual_orders=0.001) for n in range(20)]
    lines = [line for section in made(pd.concat(shops, ignore_index=True)).sections for line in section.lines]
    assert lines[4] == "and 36 more shops: some days over 1,000 % from the usual"
    rows, came = kept("A", 0.3), quarters("A", {"1": 1, "2": 2})
    assert "1 order forecast, 288 came (over 1,000 % more)" in review_lines(rows, came, ["2026-08-01"])[0]


def test_the_next_weekend_is_the_one_after_it() -> None:
    def a_week_later(text: str) -> str:
        return (date.fromisoformat(text) + timedelta(days=7)).isoformat()

    week = pd.Timedelta(days=7)
    later = FORECAST.assign(
        starts_at=FORECAST["starts_at"] + week,
        ends_at=FORECAST["ends_at"] + week,
        business_date=FORECAST["business_date"].map(a_week_later),
    )
    found = digest(pd.concat([FORECAST, later], ignore_index=True), SATURDAY, is_next=True)
    assert found is not None
    assert found.title == "What to staff for, Sat 15 Aug to Sun 16 Aug 2026"
    assert set(found.rows["business_date"]) == {"2026-08-15", "2026-08-16"}
    assert digest(FORECAST, SATURDAY, is_next=True) is None


def test_names_from_exports_are_no_markup_and_no_lines() -> None:
    hostile = FORECAST.assign(store_id="<img src=x>\n# *[x](y)*", chain="</h2><script>")
    found = made(hostile)
    assert "<img" not in FORMATS["html"](found)
    assert "<script" not in FORMATS["html"](found)
    assert "<img" not in FORMATS["markdown"](found).replace("\\<", "")
    assert "\n# *" not in FORMATS["markdown"](found) + FORMATS["text"](found)
    assert json.loads(FORMATS["json"](found))["shops"][0]["store_id"] == "<img src=x>\n# *[x](y)*"


def test_what_steers_a_terminal_or_becomes_a_link_is_escaped_in_markdown_and_html() -> None:
    found = made(FORECAST.assign(store_id="7\x1b[2J\u202e", chain="www.example.com https://example.com a@example.com"))
    markdown, page = FORMATS["markdown"](found), FORMATS["html"](found)
    assert r"## www\.example.com https\://example.com a\@example.com" in markdown
    assert r"7\\x1b\[2J\\u202e" in markdown
    assert r"7\x1b[2J\u202e" in page


@pytest.mark.parametrize(("day", "friday"), [(6, 6), (7, 7), (8, 7), (9, 7)])
def test_a_weekend_is_called_by_its_friday(day: int, friday: int) -> None:
    assert weekend_begin(date(2026, 8, day)) == date(2026, 8, friday)
    assert last_weekend(date(2026, 8, 7)) == ["2026-07-31", "2026-08-01", "2026-08-02"]


def kept(chain: str, forecast: float, source: str = "real") -> pd.DataFrame:
    day = pd.Timestamp("2026-08-01T05:00Z")
    return pd.DataFrame(
        [
            {
                "level": "shop", "span": "day", "chain": chain, "market": "Leeds", "store_id": store,
                "orders": forecast,
                "low_80": forecast - 20, "high_80": forecast + 20, "business_date": "2026-08-01", "starts_at": day,
                "ends_at": day + pd.Timedelta(days=1), "order_source": source, "match_source": source,
            }
            for store in ("1", "2")
        ]
    )  # fmt: skip


def quarters(chain: str, per_bin: dict[str, int], missing: str | None = None, source: str = "real") -> pd.DataFrame:
    times = pd.date_range("2026-08-01T05:00Z", periods=120, freq="15min")  # the last 24 are of the next day
    rows = [
        {
            "order_source": source,
            "market": "Leeds",
            "chain": chain,
            "store_id": store,
            "bin_at": at,
            "order_count": count,
        }
        for store, count in per_bin.items()
        for at in times
    ]
    return pd.DataFrame(rows[1:] if missing else rows)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, ", 1 with an outage.", id="outage"),
        pytest.param({"observed": 0}, ", 1 with an outage.", id="block without orders"),
        pytest.param({"kind": "missing_day"}, ", 1 with an outage.", id="missing day"),
        pytest.param({"kind": "high"}, "80 % range.", id="surge"),
        pytest.param({"store_id": "9"}, "80 % range.", id="other shop"),
        pytest.param({"order_source": "mock"}, "80 % range.", id="other source"),
        pytest.param({"starts_at": "2026-08-02T12:00Z", "ends_at": "2026-08-02T14:00Z"}, "80 % range.", id="other day"),
    ],
)
def test_a_day_with_an_outage_is_named_in_the_review(changes: dict[str, object], told: str) -> None:
    rows, came = kept("A", 100), quarters("A", {"1": 1, "2": 2})
    [line] = review_lines(rows, came, last_weekend(date(2026, 8, 7)), outage(**changes))
    assert line.endswith(told)


LOST = {"observed": 0, "expected": 30.0, "p_value": math.exp(-30.0)}


def outage(**changes: object) -> pd.DataFrame:
    """Two hours of the first shop."""
    row = {"kind": "low", "order_source": "real", "market": "Leeds", "chain": "A", "store_id": "1"}
    numbers = {"observed": 2, "expected": 30.0, "p_value": 1e-9}
    times = {"starts_at": "2026-08-01T17:00Z", "ends_at": "2026-08-01T19:00Z"}
    anomalies = pd.DataFrame([{**row, **numbers, **times, **changes}])
    return anomalies.assign(**{name: pd.to_datetime(anomalies[name], utc=True) for name in times})


@pytest.mark.parametrize(
    ("others", "told"),
    [
        pytest.param(
            {"1": 1, "2": 1},
            "100 orders forecast, 96 came (4 % less); 1 of 1 shop day within the 80 % range; 1 shop day left out, as "
            "orders of some hours are lost.",
            id="the other shop is compared",
        ),
        pytest.param(
            {"1": 1},
            "Last weekend, A: 1 shop day left out, as orders of some hours are lost; no other orders are known yet.",
            id="nothing else is known",
        ),
    ],
)
def test_a_day_that_lost_hours_is_left_out_of_the_review(others: dict[str, int], told: str) -> None:
    came = quarters("A", others)
    [line] = review_lines(kept("A", 100), came, last_weekend(date(2026, 8, 7)), outage(**LOST))
    assert line.endswith(told)


def test_last_weekend_is_compared_by_chain_and_only_where_all_orders_are_known() -> None:
    rows = pd.concat([kept("A", 100), kept("B", 100), kept("C", 50, "mock")], ignore_index=True)
    came = pd.concat(
        [
            quarters("A", {"1": 1, "2": 2}),
            quarters("B", {"1": 1, "2": 1}, missing="the first quarter-hour"),
            quarters("C", {"1": 9, "2": 9}),  # real orders are not those of a mock forecast
        ],
        ignore_index=True,
    )
    assert review_lines(rows, came, last_weekend(date(2026, 8, 7))) == (
        "MOCK DATA: Last weekend, C: the orders are not all known yet.",
        "Last weekend, A: 200 orders forecast, 288 came (44 % more); 1 of 2 shop days within the 80 % range.",
        "Last weekend, B: 100 orders forecast, 96 came (4 % less); 1 of 1 shop day within the 80 % range "
        "(1 more not known yet).",
    )
    assert review_lines(rows, came, last_weekend(date(2026, 8, 14))) == ()
