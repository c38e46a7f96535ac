-- Browser families of visits. Each visit says it with its first event.
SELECT browser AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY browser
ORDER BY shown DESC, key
