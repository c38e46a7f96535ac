-- What is counted of each day: one row per day, dimension and key, from `events` (packed days) and `offsets` (the zone's hours).
-- Visits are told apart by day, visitor and visit; a visitor's number is hers for one day alone, so days may be added up.
WITH stepped AS (
    SELECT
        day, minute, visitor, visit, seq, kind, path, target,
        lead(minute) OVER (PARTITION BY day, visitor, visit ORDER BY seq) - minute AS stayed
    FROM events
),
reading AS (
    SELECT day, visitor, visit, path, lead(path) OVER (PARTITION BY day, visitor, visit ORDER BY seq) AS next
    FROM events
    WHERE kind = 'page'
),
visits AS (
    SELECT
        day, visitor,
        -- A page that was not found has no name of ours, so a visit that began or ended there did so at "".
        min_by(CASE WHEN kind = 'not-found' THEN '' ELSE path END, seq) AS entry,
        max_by(CASE WHEN kind = 'not-found' THEN '' ELSE path END, seq) AS "exit",
        min_by(referrer, seq) AS referrer, min_by(source, seq) AS source, min_by(medium, seq) AS medium, min_by(campaign, seq) AS campaign,
        min_by(country, seq) AS country, min_by(provider, seq) AS provider, min_by(browser, seq) AS browser, min_by(system, seq) AS system,
        min_by(language, seq) AS language, min_by(again, seq) AS again,
        count(*) FILTER (WHERE kind = 'page') AS pages_read
    FROM events
    GROUP BY day, visitor, visit
),
by_visit AS (
    SELECT day, dimension, key, count(DISTINCT visitor) AS visitors, count(*) AS visits, CAST(sum(pages_read) AS BIGINT) AS pages_read
    FROM (
        UNPIVOT visits
        ON entry, "exit", referrer, source, medium, campaign, country, provider, browser, system, language, again
        INTO NAME dimension VALUE key
    )
    GROUP BY day, dimension, key
),
pages AS (
    SELECT
        day, path AS key, count(DISTINCT visitor) AS visitors, count(DISTINCT visitor * 65536 + visit) AS visits, count(*) AS views,
        coalesce(sum(stayed), 0) AS minutes, count(stayed) AS timed
    FROM stepped
    WHERE kind = 'page'
    GROUP BY day, path
),
targets AS (
    SELECT
        day,
        CASE kind WHEN 'exit' THEN 'left' ELSE kind END AS dimension,
        CASE kind WHEN 'not-found' THEN path ELSE target END AS key,
        count(DISTINCT visitor) AS visitors, count(DISTINCT visitor * 65536 + visit) AS visits, count(*) AS views
    FROM events
    WHERE kind <> 'page'
    GROUP BY ALL
),
hours AS (
    SELECT
        day, lpad(CAST((minute + minutes) // 60 % 24 AS VARCHAR), 2, '0') AS key,
        count(DISTINCT visitor) AS visitors, count(DISTINCT visitor * 65536 + visit) AS visits, count(*) AS views
    FROM events JOIN offsets ON minute >= offsets.since AND minute < offsets.until
    WHERE kind = 'page'
    GROUP BY ALL
),
ways AS (
    SELECT day, path AS key, next AS key2, count(DISTINCT visitor) AS visitors, count(DISTINCT visitor * 65536 + visit) AS visits, count(*) AS views
    FROM reading
    WHERE next <> path
    GROUP BY ALL
),
totals AS (
    SELECT
        day, count(DISTINCT visitor) AS visitors, count(DISTINCT visitor * 65536 + visit) AS visits,
        count(*) FILTER (WHERE kind = 'page') AS views, coalesce(sum(stayed) FILTER (WHERE kind = 'page'), 0) AS minutes,
        count(stayed) FILTER (WHERE kind = 'page') AS timed
    FROM stepped
    GROUP BY day
)
SELECT day, 'total' AS dimension, '' AS key, '' AS key2, visitors, visits, views, minutes, timed FROM totals
UNION ALL
SELECT day, 'page', key, '', visitors, visits, views, minutes, timed FROM pages
UNION ALL
-- Beside those who began or ended at a page stands how often it was read: neither count may give the other away. Beside those who
-- came by a campaign stands how many pages they read: how well it works.
SELECT
    by_visit.day, dimension, by_visit.key, '', by_visit.visitors, by_visit.visits,
    CASE WHEN dimension IN ('source', 'medium', 'campaign') THEN pages_read ELSE coalesce(pages.views, 0) END, 0, 0
FROM by_visit LEFT JOIN pages ON pages.day = by_visit.day AND pages.key = by_visit.key AND dimension IN ('entry', 'exit')
UNION ALL
SELECT day, dimension, key, '', visitors, visits, views, 0, 0 FROM targets
UNION ALL
SELECT day, 'hour', key, '', visitors, visits, views, 0, 0 FROM hours
UNION ALL
SELECT day, 'way', key, key2, visitors, visits, views, 0, 0 FROM ways
