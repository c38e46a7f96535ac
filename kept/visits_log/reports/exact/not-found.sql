-- Addresses at which there is nothing.
SELECT path AS key, '' AS key2, count(*) AS shown
FROM events
WHERE kind = 'not-found'
GROUP BY path
ORDER BY shown DESC, key
