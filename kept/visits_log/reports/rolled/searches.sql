-- What was searched for: words, rid of what could name somebody. A text that fewer than ten wrote is not listed at all.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'search' AND shown > 0
GROUP BY key
ORDER BY shown DESC, key
