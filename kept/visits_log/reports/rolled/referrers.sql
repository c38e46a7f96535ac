-- Where visits came from: the host of the page before, "" where there was none. A text that fewer than ten wrote is not listed at all.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'referrer' AND shown > 0
GROUP BY key
ORDER BY shown DESC, key
