-- Campaign tags, source: who sent the visit (utm_source). A text that fewer than ten wrote is not listed at all.
SELECT key, '' AS key2, sum(shown) AS shown, sum(views) AS pages
FROM told
WHERE dimension = 'source' AND shown > 0
GROUP BY key
ORDER BY shown DESC, key
