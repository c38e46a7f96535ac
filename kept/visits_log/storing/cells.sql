-- What is counted of each day: one row per day, dimension and key, from `events` (packed days, or some visitors of one) and `offsets` (the
-- zone's hours). Visits are told apart by day, visitor and visit; a visitor's number is hers for one day alone, so days may be added up, and
-- so may the counts of some of a day's visitors and of the others: nobody is in two shares (day_sums.sql).
WITH names AS (
    -- A number for each path: numbers are grouped by several times quicker than texts.
    SELECT path, row_number() OVER () AS page FROM (SELECT DISTINCT path FROM events)
),
stepped AS (
    SELECT
        day, visitor, visit, kind, page, lead(minute) OVER following - minute AS stayed,
        -- The next page that is one: what was searched or not found between two pages is no step of the way.
        CASE WHEN kind = 'page' THEN lead(CASE WHEN kind = 'page' THEN page END IGNORE NULLS) OVER following END AS next
    FROM events JOIN names USING (path)
    WINDOW following AS (PARTITION BY day, visitor, visit ORDER BY seq)
),
-- Whatever is told of visitors and of visits is grouped by them first, and then counted: three times quicker than counting what is distinct.
ends AS (
    SELECT day, visitor, visit, min(seq) AS "first", max(seq) AS "last", count(*) FILTER (WHERE kind = 'page') AS pages_read
    FROM events
    GROUP BY day, visitor, visit
),
visits AS (
    -- A page that was not found has no name of ours, so a visit that began or ended there did so at "".
    SELECT
        came.day, came.visitor, CASE WHEN came.kind = 'not-found' THEN '' ELSE came.path END AS entry,
        CASE WHEN went.kind = 'not-found' THEN '' ELSE went.path END AS "exit",
        {came}, pages_read
    FROM ends
    JOIN events AS came ON came.day = ends.day AND came.visitor = ends.visitor AND came.visit = ends.visit AND came.seq = ends."first"
    JOIN events AS went ON went.day = ends.day AND went.visitor = ends.visitor AND went.visit = ends.visit AND went.seq = ends."last"
),
visited AS (
    -- One part for each dimension that counts visits (dimensions.py).
    {visited}
),
by_visit AS (
    SELECT day, dimension, key, count(*) AS visitors, sum(visits) AS visits, sum(pages_read) AS pages_read FROM visited GROUP BY day, dimension, key
),
page_visits AS (
    SELECT day, page, visitor, visit, count(*) AS views, coalesce(sum(stayed), 0) AS minutes, count(stayed) AS timed
    FROM stepped
    WHERE kind = 'page'
    GROUP BY day, page, visitor, visit
),
page_readers AS (
    SELECT day, page, visitor, count(*) AS visits, sum(views) AS views, sum(minutes) AS minutes, sum(timed) AS timed
    FROM page_visits
    GROUP BY day, page, visitor
),
pages AS (
    SELECT day, path AS key, count(*) AS visitors, sum(visits) AS visits, sum(views) AS views, sum(minutes) AS minutes, sum(timed) AS timed
    FROM page_readers JOIN names USING (page)
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
hour_visits AS (
    SELECT day, lpad(CAST((minute + minutes) // 60 % 24 AS VARCHAR), 2, '0') AS key, visitor, visit, count(*) AS views
    FROM events JOIN offsets ON minute >= offsets.since AND minute < offsets.until
    WHERE kind = 'page'
    GROUP BY ALL
),
hour_readers AS (
    SELECT day, key, visitor, count(*) AS visits, sum(views) AS views FROM hour_visits GROUP BY day, key, visitor
),
hours AS (
    SELECT day, key, count(*) AS visitors, sum(visits) AS visits, sum(views) AS views FROM hour_readers GROUP BY day, key
),
way_visits AS (
    SELECT day, page, next, visitor, visit, count(*) AS views FROM stepped WHERE next <> page GROUP BY day, page, next, visitor, visit
),
way_goers AS (
    SELECT day, page, next, visitor, count(*) AS visits, sum(views) AS views FROM way_visits GROUP BY day, page, next, visitor
),
way_counts AS (
    SELECT day, page, next, count(*) AS visitors, sum(visits) AS visits, sum(views) AS views FROM way_goers GROUP BY day, page, next
),
ways AS (
    SELECT day, here.path AS key, there.path AS key2, visitors, visits, views
    FROM way_counts JOIN names AS here ON here.page = way_counts.page JOIN names AS there ON there.page = way_counts.next
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
-- Beside those who came by a campaign stands how many pages they read: how well it works.
SELECT
    day, dimension, key, '', visitors, visits, CASE WHEN dimension IN ({effects}) THEN pages_read ELSE 0 END, 0, 0
FROM by_visit
UNION ALL
SELECT day, dimension, key, '', visitors, visits, views, 0, 0 FROM targets
UNION ALL
SELECT day, 'hour', key, '', visitors, visits, views, 0, 0 FROM hours
UNION ALL
SELECT day, 'way', key, key2, visitors, visits, views, 0, 0 FROM ways
