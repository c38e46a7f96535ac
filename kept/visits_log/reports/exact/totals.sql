-- Visitors of each day added up, visits, and pages read. A visitor of a day has one first visit, and a visit one first event.
SELECT 1 AS place, 'visitors' AS key, '' AS key2, count(*) AS shown FROM events WHERE seq = 1 AND visit = 1
UNION ALL
SELECT 2, 'visits', '', count(*) FROM events WHERE seq = 1
UNION ALL
SELECT 3, 'views', '', count(*) FROM events WHERE kind = 'page'
ORDER BY place
