"""Every tested effect with its interval."""

from pizza_assets.dashboards.forest_chart import forest
from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import EFFECT
from pizza_assets.models.extracts import CorrelationsExtract

VIEW = View(
    id="effects",
    title="Effect sizes",
    question="By how much did orders change around matches, where, and how certain is that?",
    reads=(Reads(CorrelationsExtract, EFFECT),),
    filters=("source", "team", "competition", "market", "chain"),
    partly=("team", "competition", "market", "chain"),
    filter_note="Each part was estimated once, over all dates: one part can be selected, not a combination.",
    section="card half",
    charts={"forest": forest()},
)
