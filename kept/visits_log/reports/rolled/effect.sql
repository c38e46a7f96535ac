-- {title}, and how many pages were read. A text of others that fewer than ten wrote is not listed at all.
SELECT key, '' AS key2, sum(shown) AS shown, sum(views) AS pages
FROM told
WHERE dimension = {dimension} AND shown > 0
GROUP BY key
ORDER BY shown DESC, key
