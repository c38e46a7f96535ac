-- Visitors of each day added up, visits, and pages read.
WITH stays AS (
    SELECT day, visitor, count(*) AS visits
    FROM events
    WHERE seq = 1
    GROUP BY day, visitor
)
SELECT 1 AS place, 'visitors' AS key, '' AS key2, count(*) AS shown FROM stays
UNION ALL
SELECT 2, 'visits', '', coalesce(sum(visits), 0) FROM stays
UNION ALL
SELECT 3, 'views', '', count(*) FROM events WHERE kind = 'page'
ORDER BY place
