-- What was searched for: words, rid of what could name somebody.
SELECT target AS key, '' AS key2, count(*) AS shown
FROM events
WHERE kind = 'search'
GROUP BY target
ORDER BY shown DESC, key
