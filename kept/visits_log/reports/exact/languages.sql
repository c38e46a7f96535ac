-- Languages the browsers asked for first. Each visit says it with its first event.
SELECT language AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY language
ORDER BY shown DESC, key
