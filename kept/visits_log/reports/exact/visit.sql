-- {title}. Each visit says it with its first event.
SELECT {column} AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY {column}
ORDER BY shown DESC, key
