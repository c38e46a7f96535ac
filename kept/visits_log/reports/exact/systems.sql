-- Operating systems of visits. Each visit says it with its first event.
SELECT system AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY system
ORDER BY shown DESC, key
