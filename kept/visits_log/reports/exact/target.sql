-- {title}: what events of one kind are about.
SELECT {column} AS key, '' AS key2, count(*) AS shown
FROM events
WHERE kind = {kind}
GROUP BY {column}
ORDER BY shown DESC, key
