-- Folds the lines of some weeks into orders; file_folding.py runs these statements, and says what they mean.
-- In: lines, chosen(file_id), chosen_lines, ranks(file_id, rank), chunk(week); the variables set in file_folding.py.
-- Out: rows in the tables beside.orders, new_rejects and, except of accepted orders, new_week_counts.

-- All lines of the orders that have a line in these weeks. Most orders have one line, and nothing more to be said.
CREATE OR REPLACE TEMP VIEW inside AS
SELECT * FROM chosen_lines
WHERE week BETWEEN getvariable('first_week') AND getvariable('last_week') AND week IN (FROM chunk)
    AND (getvariable('parts') = 1 OR hash(order_id) % getvariable('parts') = getvariable('part'));

-- Found by their rowids first: DuckDB hashes all lines for this join, and whole rows would be spilled to the disk.
CREATE OR REPLACE TEMP TABLE outside AS
SELECT * FROM lines
WHERE rowid IN (
    SELECT rowid FROM lines
    WHERE NOT getvariable('is_whole') AND week NOT IN (FROM chunk) AND order_id <> ''
        AND order_id IN (SELECT order_id FROM inside) AND file_id IN (FROM chosen)
);

CREATE OR REPLACE TEMP VIEW scope AS
SELECT *, problem_column IS NULL AND NOT is_excluded AS is_counted FROM (FROM inside UNION ALL FROM outside);

CREATE OR REPLACE TEMP TABLE busy AS
SELECT order_id FROM scope GROUP BY order_id
HAVING count(*) > 1 OR bool_or(
    NOT is_counted OR is_refund OR ordered_at >= getvariable('cutoff')
    OR quantity < 0 OR amount > getvariable('most_fine') OR quantity > getvariable('most_pizzas')
);

CREATE OR REPLACE TEMP TABLE work AS
SELECT ranks.rank, scope.*, is_refund AND is_counted AS is_taken_off, if(getvariable('items'), 0, line_number) AS part
FROM scope JOIN ranks USING (file_id) WHERE order_id IN (FROM busy);

-- A version of an order: its lines in one file; where each line is an order, a line.
CREATE OR REPLACE TEMP TABLE versions AS
SELECT
    order_id, rank, part, any_value(file_id) AS file_id, min(line_number) AS line_number,
    count(*) FILTER (is_counted) AS line_count,
    min(line_number) FILTER (problem_column IS NOT NULL) AS refused_line,
    min(ordered_at) FILTER (is_counted) AS ordered_at, max(ordered_at) FILTER (is_counted) AS latest,
    min(chain) FILTER (is_counted) AS chain, max(chain) FILTER (is_counted) AS other_chain,
    min(market) FILTER (is_counted) AS market, max(market) FILTER (is_counted) AS other_market,
    min(store_id) FILTER (is_counted) AS store_id, max(store_id) FILTER (is_counted) AS other_store_id,
    min(currency) FILTER (is_counted) AS currency, max(currency) FILTER (is_counted) AS other_currency,
    min(amount) FILTER (is_counted) AS least_amount, max(amount) FILTER (is_counted) AS most_amount,
    arg_min({'zone': zone, 'store_location': store_location, 'week': week, 'amount': amount}, line_number)
        FILTER (is_counted) AS head,
    sum(amount) FILTER (is_counted)::BIGINT AS amount, sum(quantity) FILTER (is_counted)::BIGINT AS quantity,
    max(dst_note) FILTER (is_counted) AS dst_note,
    '[' || string_agg(item, ',' ORDER BY line_number) FILTER (is_counted) || ']' AS items
FROM work WHERE NOT is_taken_off AND order_id <> ''
GROUP BY order_id, rank, part;

-- rule: why all lines of a version are refused
CREATE OR REPLACE TEMP TABLE judged AS
WITH compared AS (
    SELECT *, CASE
        WHEN ordered_at <> latest THEN 'ordered_at'
        WHEN store_id <> other_store_id THEN 'store_id'
        WHEN market <> other_market THEN 'market'
        WHEN chain <> other_chain THEN 'chain'
        WHEN currency <> other_currency THEN 'currency'
        WHEN getvariable('repeated') AND least_amount <> most_amount THEN 'amount'
    END AS rule
    FROM versions
), apart AS (
    SELECT order_id FROM compared WHERE rule IS NULL AND line_count > 0
    GROUP BY order_id
    HAVING sum(line_count) > 1 AND (
        max(latest) - min(ordered_at) > getvariable('farthest')
        OR min(store_id) <> max(store_id) OR min(market) <> max(market) OR min(chain) <> max(chain)
    )
)
SELECT * REPLACE (CASE
    WHEN rule IS NOT NULL THEN rule
    WHEN line_count > 0 AND order_id IN (FROM apart) THEN 'apart'
    WHEN line_count > 0 AND refused_line IS NOT NULL THEN 'incomplete'
END AS rule)
FROM compared;

CREATE OR REPLACE TEMP TABLE alive AS
FROM judged
WHERE rule IS NULL AND refused_line IS NULL AND (line_count = 0 OR ordered_at < getvariable('cutoff'));

-- Exports overlap. A refund that its file has beside its order is part of that version, and goes with it when a later
-- file has the order with refunds, or when it is a line of the order itself. Of other refunds that several files have,
-- each counts as often as in the file that has it most often.
CREATE OR REPLACE TEMP TABLE refunds AS
WITH found AS (
    SELECT *, row_number() OVER (
        PARTITION BY rank, order_id, ordered_at, amount, quantity ORDER BY line_number
    ) AS nth
    FROM work WHERE is_taken_off AND ordered_at < getvariable('cutoff')
), sold AS (
    SELECT order_id, rank, min(ordered_at) AS ordered_at FROM alive
    WHERE order_id IN (SELECT order_id FROM found) GROUP BY order_id, rank
), latest AS (
    SELECT order_id, max(sold.rank) AS rank,
        max(sold.rank) FILTER ((sold.order_id, sold.rank) IN (SELECT (order_id, rank) FROM found)) AS refunding_rank
    FROM sold GROUP BY order_id
), judged_refunds AS (
    SELECT found.*, latest.order_id IS NULL AS is_lone,
        coalesce(latest.refunding_rank > found.rank, false) AS is_restated,
        sold.rank IS NOT NULL AND (
            is_restated
            OR (latest.rank > found.rank AND found.ordered_at = sold.ordered_at)
        ) AS is_replaced
    FROM found LEFT JOIN sold ON sold.order_id = found.order_id AND sold.rank = found.rank
        LEFT JOIN latest ON latest.order_id = found.order_id
)
SELECT order_id, amount, quantity, week, CASE
    WHEN row_number() OVER (
        PARTITION BY order_id, ordered_at, amount, quantity, nth ORDER BY is_replaced, rank
    ) > 1 THEN 'duplicate'
    WHEN is_replaced THEN 'superseded'
    WHEN is_lone THEN 'lone_refund'
    ELSE 'refund'
END AS kind, kind = 'superseded' AND NOT is_restated AS is_dropped
FROM judged_refunds;

-- The versions less their refunds. What is paid back whole counts as left out; of the others the last one counts.
CREATE OR REPLACE TEMP TABLE settled AS
WITH taken_off AS (
    SELECT order_id, sum(amount)::BIGINT AS amount, sum(quantity)::BIGINT AS quantity
    FROM refunds WHERE kind IN ('refund', 'lone_refund') GROUP BY order_id
), net AS (
    SELECT alive.* EXCLUDE (amount, quantity), coalesce(taken_off.amount, 0) AS refunded,
        coalesce(if(getvariable('repeated'), head.amount, alive.amount), 0) + refunded AS fine_amount,
        greatest(coalesce(alive.quantity, 0) + coalesce(taken_off.quantity, 0), 0) AS pizza_count
    FROM alive LEFT JOIN taken_off USING (order_id)
), counted AS (
    SELECT * EXCLUDE (line_count),
        (greatest(fine_amount, 0) + getvariable('fine_units') // 2) // getvariable('fine_units') AS revenue_cents,
        refunded < 0 AND fine_amount <= 0 AS is_paid_back,
        if(is_paid_back, line_count, 0) AS paid_back_lines, if(is_paid_back, 0, line_count) AS line_count,
        {'at': ordered_at, 'chain': chain, 'market': market, 'store': store_id, 'location': head.store_location,
         'currency': currency, 'revenue': revenue_cents, 'pizzas': pizza_count, 'items': items} AS content
    FROM net
), compared AS (
    SELECT *, row_number() OVER versions_of_order AS nth,
        first_value(content) OVER versions_of_order IS NOT DISTINCT FROM content
            AND first_value(counted.line_count) OVER versions_of_order > 0 AS is_same
    FROM counted
    WINDOW versions_of_order AS (PARTITION BY order_id ORDER BY rank DESC, line_number DESC)
)
SELECT * EXCLUDE (content), CASE
    WHEN line_count = 0 THEN 'excluded'
    WHEN nth = 1 AND revenue_cents > getvariable('most_revenue') THEN 'revenue_cents'
    WHEN nth = 1 AND pizza_count > getvariable('most_pizzas') THEN 'pizza_count'
    WHEN nth = 1 THEN 'accepted'
    WHEN is_same THEN 'duplicate'
    ELSE 'superseded'
END AS fate
FROM compared;

INSERT INTO beside.orders
FROM (
    SELECT week, file_id, zone, dst_note, 1 AS line_count, order_id, ordered_at, chain, market, store_id,
        store_location, currency,
        (amount + getvariable('fine_units') // 2) // getvariable('fine_units') AS revenue_cents,
        quantity AS pizza_count, '[' || item || ']' AS items
    FROM scope WHERE order_id NOT IN (FROM busy)
    UNION ALL
    SELECT head.week, file_id, head.zone, dst_note, line_count, order_id, ordered_at, chain, market, store_id,
        head.store_location, currency, revenue_cents, pizza_count, items
    FROM settled WHERE fate = 'accepted'
)
WHERE week IN (FROM chunk);

INSERT INTO new_rejects
WITH refused AS (
    SELECT file_id, line_number, week, order_id, problem_column, problem_check, problem_value, problem_reason
    FROM work WHERE problem_column IS NOT NULL
    UNION ALL
    SELECT work.file_id, work.line_number, work.week, work.order_id, rules.label, rules.check_name,
        CASE ruled.rule
            WHEN 'ordered_at' THEN work.ordered_at || '+00:00'
            WHEN 'store_id' THEN work.store_id WHEN 'market' THEN work.market
            WHEN 'chain' THEN work.chain WHEN 'currency' THEN work.currency
            WHEN 'revenue_cents' THEN ruled.said WHEN 'pizza_count' THEN ruled.said
            ELSE work.order_id
        END,
        replace(replace(rules.reason, '{line}', coalesce(ruled.said, '')), '{id}', work.order_id)
    FROM (
        SELECT order_id, rank, part, rule, refused_line::VARCHAR AS said FROM judged WHERE rule IS NOT NULL
        UNION ALL
        SELECT order_id, rank, part, fate, if(fate = 'pizza_count', pizza_count, revenue_cents)::VARCHAR FROM settled
        WHERE fate IN ('revenue_cents', 'pizza_count')
    ) AS ruled
    JOIN rules ON rules.rule = ruled.rule
    JOIN work ON work.order_id = ruled.order_id AND work.rank = ruled.rank AND work.part = ruled.part
    WHERE work.is_counted AND NOT work.is_taken_off
)
SELECT week, file_id, line_number, left(order_id, 200), problem_column, problem_check,
    left(coalesce(problem_value, ''), 200), problem_reason
FROM refused WHERE week IN (FROM chunk);

INSERT INTO new_week_counts
WITH counted AS (
    SELECT head.week, fate AS kind, line_count AS lines FROM settled WHERE fate IN ('duplicate', 'superseded')
    UNION ALL SELECT head.week, 'replaced_versions', 1 FROM settled WHERE fate = 'superseded'
    UNION ALL SELECT head.week, 'excluded', paid_back_lines FROM settled WHERE paid_back_lines > 0
    UNION ALL SELECT week, 'excluded', 1 FROM work WHERE is_excluded
    UNION ALL SELECT week, kind, 1 FROM refunds
    UNION ALL SELECT week, 'dropped_refunds', 1 FROM refunds WHERE is_dropped
    UNION ALL SELECT week, 'waiting', 1 FROM work WHERE is_taken_off AND ordered_at >= getvariable('cutoff')
    UNION ALL SELECT head.week, 'waiting', line_count FROM judged
    WHERE rule IS NULL AND refused_line IS NULL AND ordered_at >= getvariable('cutoff')
)
SELECT week, kind, sum(lines)::BIGINT FROM counted WHERE week IN (FROM chunk) GROUP BY week, kind;
