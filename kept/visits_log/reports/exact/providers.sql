-- Internet providers of visits. Each visit says it with its first event.
SELECT provider AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY provider
ORDER BY shown DESC, key
