-- {title}: by its key. A text of others that fewer than ten wrote is not listed at all.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = {dimension} AND shown >= {least}
GROUP BY key
ORDER BY shown DESC, key
