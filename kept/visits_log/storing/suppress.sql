-- What of a month may be told (docs/decisions/0014): reads `cells`, every count of the month's days; $whole: the month is over, and no day of it is gone.
WITH measured AS (
    SELECT
        *, CASE WHEN dimension IN ({by_views}) THEN views ELSE visits END AS measure,
        -- Between two counts of one page (those who began there, its readers) may lie nobody, or ten.
        visitors >= 10 AND NOT (dimension IN ('entry', 'exit') AND abs(views - visits) BETWEEN 1 AND 9) AS enough,
        bool_or(dimension = 'total' AND visitors >= 10) OVER (PARTITION BY day) AS open
    FROM cells
),
ranked AS (
    SELECT
        *, enough AND open AS candidate,
        sum(CASE WHEN enough AND open THEN 0 ELSE measure END) OVER (PARTITION BY day, dimension) AS rest,
        row_number() OVER (PARTITION BY day, dimension ORDER BY NOT (enough AND open), measure, key, key2) AS place
    FROM measured
),
by_day AS (
    -- The rest of a day is nothing, or ten. Ways have no sum that anybody knows, so nothing can be taken from it.
    SELECT *, candidate AND NOT (dimension <> 'way' AND rest BETWEEN 1 AND 9 AND place = 1) AS told FROM ranked
),
wide AS (
    -- A key that no day of the month told: on which days it was counted, nobody can know.
    SELECT *, NOT bool_or(told) OVER (PARTITION BY dimension, key, key2) AS wide FROM by_day
),
cloaked AS (
    -- A day lends its untold counts to the month only where ten of them are of such keys: else the day's rest, less what the month tells, would give them away.
    SELECT *, dimension = 'way' OR sum(CASE WHEN wide AND NOT told THEN measure ELSE 0 END) OVER (PARTITION BY day, dimension) >= 10 AS cloaked
    FROM wide
),
blocks AS (
    SELECT
        dimension, key, key2, bool_or(wide) AS wide, sum(visitors) AS visitors, sum(visits) AS visits, sum(views) AS views, sum(minutes) AS minutes,
        sum(timed) AS timed, sum(measure) AS measure,
        sum(visitors) >= 10 AND NOT (dimension IN ('entry', 'exit') AND abs(sum(views) - sum(visits)) BETWEEN 1 AND 9) AS candidate
    FROM cloaked
    WHERE $whole AND NOT told AND (open OR dimension = 'total') AND (wide OR cloaked)
    GROUP BY dimension, key, key2
),
untold AS (
    SELECT dimension, sum(measure) AS measure FROM by_day WHERE NOT told AND open GROUP BY dimension
),
weighed AS (
    SELECT
        blocks.*,
        coalesce(untold.measure, 0) - sum(CASE WHEN candidate THEN blocks.measure ELSE 0 END) OVER (PARTITION BY dimension) AS rest,
        bool_or(wide AND NOT candidate) OVER (PARTITION BY dimension) AS covered,
        row_number() OVER (PARTITION BY dimension ORDER BY NOT (candidate AND wide), blocks.measure, key, key2) AS place
    FROM blocks LEFT JOIN untold USING (dimension)
),
by_month AS (
    -- The rest of the month is nothing, or ten and more of which a part is wide.
    SELECT
        *, candidate AND NOT (
            dimension NOT IN ('way', 'total') AND place = 1 AND wide AND (rest BETWEEN 1 AND 9 OR (rest > 0 AND NOT covered))
        ) AS told
    FROM weighed
)
SELECT day, dimension, key, key2, visitors, visits, views, minutes, timed, CAST(CASE WHEN told THEN measure ELSE 0 END AS BIGINT) AS shown
FROM by_day
UNION ALL
SELECT
    NULL, dimension, key, key2, CAST(visitors AS BIGINT), CAST(visits AS BIGINT), CAST(views AS BIGINT), CAST(minutes AS BIGINT),
    CAST(timed AS BIGINT), CAST(CASE WHEN told THEN measure ELSE 0 END AS BIGINT)
FROM by_month
UNION ALL
-- A month that is over says so, even where nothing was left to tell.
SELECT NULL, 'total', '', '', 0, 0, 0, 0, 0, 0 WHERE $whole AND NOT EXISTS (SELECT 1 FROM blocks WHERE dimension = 'total')
