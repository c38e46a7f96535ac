-- Visitors of each day added up, visits, pages read, and minutes on a page: of days on which ten or more came.
WITH total AS (
    SELECT
        sum(shown) AS visits,
        sum(CASE WHEN shown > 0 THEN visitors ELSE 0 END) AS visitors,
        sum(CASE WHEN shown > 0 THEN views ELSE 0 END) AS views,
        sum(CASE WHEN shown > 0 AND timed >= 10 THEN minutes ELSE 0 END) AS minutes,
        sum(CASE WHEN shown > 0 AND timed >= 10 THEN timed ELSE 0 END) AS timed
    FROM told
    WHERE dimension = 'total'
)
SELECT 1 AS place, 'visitors' AS key, '' AS key2, visitors AS shown, 0 AS minutes, 0 AS timed FROM total
UNION ALL
SELECT 2, 'visits', '', visits, 0, 0 FROM total
UNION ALL
SELECT 3, 'views', '', views, minutes, timed FROM total
ORDER BY place
