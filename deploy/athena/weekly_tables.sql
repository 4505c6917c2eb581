-- The weekly tables for Athena, without Terraform: replace my-bucket by your bucket (with the prefix, if
-- PIZZA_STORAGE has one), and run the statements one by one. Made from the models by `make docs`.
CREATE DATABASE IF NOT EXISTS pizza;

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.match_windows (
  `match_id` string COMMENT 'The match, as in raw_matches.',
  `sport` string COMMENT 'Always football today.',
  `competition` string COMMENT 'Name of the competition.',
  `kickoff_at` timestamp COMMENT 'Kick-off, UTC.',
  `market` string COMMENT 'A market exposed to the match.',
  `team` string COMMENT 'The team that exposes the market (the home side if the market follows both).',
  `side` string COMMENT 'The side of that team.',
  `chain` string COMMENT 'The restaurant chain.',
  `currency` string COMMENT 'ISO 4217 code.',
  `window` string COMMENT 'pre, during or post.',
  `window_start_at` timestamp COMMENT 'First instant of the window, UTC.',
  `window_end_at` timestamp COMMENT 'First instant after the window, UTC.',
  `covered_minutes` bigint COMMENT 'Minutes of the window for which orders are known.',
  `is_complete` boolean COMMENT 'True if every minute of the window is covered.',
  `order_count` bigint COMMENT 'Orders in the covered minutes.',
  `revenue_cents` bigint COMMENT 'Revenue in the minor unit.',
  `average_order_cents` double COMMENT 'Revenue per order in the minor unit; empty without orders.',
  `pizza_count` bigint COMMENT 'Pizzas.',
  `store_count` bigint COMMENT 'Distinct stores that sold.',
  `orders_per_hour` double COMMENT 'Orders per covered hour; empty if nothing is covered.',
  `order_source` string COMMENT 'real or mock orders.',
  `match_source` string COMMENT 'real or mock match.'
)
COMMENT 'One row per match, exposed market, chain, currency and window, also where there were no orders.'
PARTITIONED BY (`week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/processed-data/merged-datasets/match_windows/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/processed-data/merged-datasets/match_windows/week=${week}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.merged_orders (
  `order_id` string COMMENT 'The order, as in raw_orders.',
  `ordered_at` timestamp COMMENT 'When the order was placed, UTC.',
  `chain` string COMMENT 'The restaurant chain.',
  `market` string COMMENT 'The market.',
  `store_id` string COMMENT 'The store.',
  `currency` string COMMENT 'ISO 4217 code.',
  `revenue_cents` bigint COMMENT 'Revenue in the minor unit.',
  `pizza_count` bigint COMMENT 'Pizzas.',
  `match_id` string COMMENT 'The nearest exposed match by distance from kick-off; ties go to the earlier, then the smaller id.',
  `team` string COMMENT 'The team that exposes the market to the match.',
  `side` string COMMENT 'The side of that team.',
  `kickoff_at` timestamp COMMENT 'Kick-off of that match, UTC.',
  `window` string COMMENT 'pre, during or post.',
  `minutes_from_kickoff` bigint COMMENT 'Whole minutes from kick-off to the order\'s minute; negative before.',
  `overlapping_match_count` bigint COMMENT 'Exposed matches with a window that contains it.',
  `order_source` string COMMENT 'real or mock orders.',
  `match_source` string COMMENT 'real or mock match.'
)
COMMENT 'One row per order in a window of a match that its market follows, with the nearest such match.'
PARTITIONED BY (`week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/processed-data/merged-datasets/merged_orders/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/processed-data/merged-datasets/merged_orders/week=${week}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.order_bins (
  `order_source` string COMMENT 'real or mock.',
  `market` string COMMENT 'The market.',
  `chain` string COMMENT 'The restaurant chain.',
  `currency` string COMMENT 'ISO 4217 code of the revenue.',
  `minute_at` timestamp COMMENT 'First instant of the minute, UTC.',
  `order_count` bigint COMMENT 'Orders placed in the minute; 0 means that none was placed.',
  `revenue_cents` bigint COMMENT 'Revenue of these orders in the minor unit.',
  `pizza_count` bigint COMMENT 'Pizzas in these orders.',
  `store_ids` string COMMENT 'The stores that sold in the minute, as a sorted JSON list; empty for a minute without orders.'
)
COMMENT 'One row per covered minute, market, chain and currency. A minute without a row is unknown, not zero.'
PARTITIONED BY (`week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/processed-data/merged-datasets/order_bins/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/processed-data/merged-datasets/order_bins/week=${week}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.quarter_hours (
  `order_source` string COMMENT 'real or mock.',
  `market` string COMMENT 'The market.',
  `chain` string COMMENT 'The restaurant chain.',
  `store_id` string COMMENT 'The store; empty for a chain that sold nothing all week.',
  `bin_at` timestamp COMMENT 'First instant of the quarter-hour, UTC.',
  `order_count` bigint COMMENT 'Orders in the quarter-hour; 0 means that none was placed.'
)
COMMENT 'One row per store and known quarter-hour, read by the analyses over all weeks. No row means unknown, not zero.'
PARTITIONED BY (`week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/processed-data/merged-datasets/quarter_hours/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/processed-data/merged-datasets/quarter_hours/week=${week}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.raw_match_events (
  `match_id` string COMMENT 'The match, as in raw_matches.',
  `event_number` bigint COMMENT 'Number of the event within the match, from 1, in order of time.',
  `event_type` string COMMENT 'goal, penalty_goal, own_goal, yellow_card or red_card.',
  `minute` bigint COMMENT 'Minute of play as announced: 45 for 45+2.',
  `stoppage_minute` bigint COMMENT 'Minutes into stoppage time: 2 for 45+2.',
  `benefiting_side` string COMMENT 'home or away: the side the goal counts for (for an own goal, the scorer\'s opponent); for a card, the opponent.',
  `player` string COMMENT 'Player, as spelt by the source.',
  `match_source` string COMMENT 'real or mock.'
)
COMMENT 'One row per goal or card. Many sources deliver no events; that is not an error.'
PARTITIONED BY (`label` string, `week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/raw-data/football-data/events/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.label.type' = 'enum',
  'projection.label.values' = 'real,mock',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/raw-data/football-data/events/${label}/week=${week}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.raw_matches (
  `match_id` string COMMENT 'Stable id; it does not change when the kick-off moves.',
  `kickoff_at` timestamp COMMENT 'Kick-off, UTC, on a whole minute; the day\'s local midnight if not yet fixed.',
  `kickoff_is_fixed` boolean COMMENT 'False while only the date is known: such a match is listed, not analysed.',
  `sport` string COMMENT 'Always football today.',
  `competition` string COMMENT 'Name of the competition, e.g. Premier League.',
  `competition_type` string COMMENT 'league, cup or international.',
  `season` string COMMENT 'The season, e.g. 2025-26, or a year for a tournament.',
  `stage` string COMMENT 'Stage of the competition; only FINAL is a final.',
  `round_name` string COMMENT 'The round, as spelt by the source.',
  `home_team` string COMMENT 'Canonical name of the home side (first-named on neutral ground).',
  `away_team` string COMMENT 'Canonical name of the away side.',
  `status` string COMMENT 'Only FINISHED matches are analysed.',
  `decided_by` string COMMENT 'regular, extra_time or penalties; empty before the end.',
  `home_goals` bigint COMMENT 'Goals of the home side in play.',
  `away_goals` bigint COMMENT 'Goals of the away side in play.',
  `half_time_home_goals` bigint COMMENT 'Home goals at half-time; empty where the source does not say.',
  `half_time_away_goals` bigint COMMENT 'Away goals at half-time; empty where the source does not say.',
  `shootout_home_goals` bigint COMMENT 'Shoot-out goals of the home side.',
  `shootout_away_goals` bigint COMMENT 'Shoot-out goals of the away side.',
  `venue` string COMMENT 'Stadium and place where the source names it.',
  `match_source` string COMMENT 'real or mock: whether this match was or will be played.',
  `source_name` string COMMENT 'The source that delivered the row: openfootball, football-data or mock.'
)
COMMENT 'One row per match. Goals are those in play (90 minutes and extra time), without a shoot-out.'
PARTITIONED BY (`label` string, `week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/raw-data/football-data/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.label.type' = 'enum',
  'projection.label.values' = 'real,mock',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/raw-data/football-data/${label}/week=${week}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS pizza.raw_orders (
  `order_id` string COMMENT 'The source\'s id of the order, unique in its week.',
  `ordered_at` timestamp COMMENT 'When the order was placed, UTC.',
  `sport` string COMMENT 'The sport that the order is compared with; always football today.',
  `chain` string COMMENT 'The restaurant chain, e.g. dominos.',
  `market` string COMMENT 'The market (city or delivery area) of the store.',
  `store_id` string COMMENT 'The source\'s id of the store.',
  `store_location` string COMMENT 'The store\'s address or place, as given by the source.',
  `currency` string COMMENT 'ISO 4217 code; revenue is never summed across currencies.',
  `revenue_cents` bigint COMMENT 'What the customer paid, in the currency\'s minor unit (pence, cents).',
  `pizza_count` bigint COMMENT 'Pizzas (or item units where the source has no category) in the order.',
  `items` string COMMENT 'The order\'s lines as JSON: a list of {category, name, quantity}; empty where unknown.',
  `order_source` string COMMENT 'real or mock: whether the order was really placed.',
  `source_name` string COMMENT 'The source of the row: files, sql, orders API, Square or mock.'
)
COMMENT 'One row per order: validated, labelled, with no personal data.'
PARTITIONED BY (`label` string, `week` string)
STORED AS PARQUET
LOCATION 's3://my-bucket/raw-data/dominos-orders/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.label.type' = 'enum',
  'projection.label.values' = 'real,mock',
  'projection.week.type' = 'date',
  'projection.week.format' = 'yyyy-MM-dd',
  'projection.week.range' = '2010-01-05,NOW',
  'projection.week.interval' = '7',
  'projection.week.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://my-bucket/raw-data/dominos-orders/${label}/week=${week}/'
);
