"""The supported competitions, by openfootball's code. The file format of a source does not belong here."""

from dataclasses import dataclass

from pizza_assets.models.vocabulary import CompetitionType


@dataclass(frozen=True)
class Competition:
    """A competition.

    timezone: time zone of a kick-off that states none; None if such a time can't be interpreted.
    tournament_years: the years in which a tournament is held; None for seasons that run from summer to summer.
    repository: the openfootball repository with its files.
    """

    code: str
    name: str
    type: CompetitionType
    timezone: str | None
    tournament_years: range | None = None
    repository: str = "football.json"


COMPETITIONS: dict[str, Competition] = {
    competition.code: competition
    for competition in (
        Competition("en.1", "Premier League", CompetitionType.LEAGUE, "Europe/London"),
        Competition("en.2", "Championship", CompetitionType.LEAGUE, "Europe/London"),
        Competition("de.1", "Bundesliga", CompetitionType.LEAGUE, "Europe/Berlin"),
        Competition("es.1", "Primera División", CompetitionType.LEAGUE, "Europe/Madrid"),
        Competition("fr.1", "Ligue 1", CompetitionType.LEAGUE, "Europe/Paris"),
        Competition("it.1", "Serie A", CompetitionType.LEAGUE, "Europe/Rome"),
        Competition("uefa.cl", "UEFA Champions League", CompetitionType.CUP, "Europe/Berlin"),
        Competition(
            "worldcup",
            "FIFA World Cup",
            CompetitionType.INTERNATIONAL,
            None,
            range(1950, 2100, 4),
            repository="worldcup.json",
        ),
    )
}
