-- Popular pages: how often each was read.
SELECT path AS key, '' AS key2, count(*) AS shown
FROM events
WHERE kind = 'page'
GROUP BY path
ORDER BY shown DESC, key
