-- Campaign tags, medium: by which way (utm_medium); cpc is what we paid for. A text that fewer than ten wrote is not listed at all.
SELECT key, '' AS key2, sum(shown) AS shown, sum(views) AS pages
FROM told
WHERE dimension = 'medium' AND shown > 0
GROUP BY key
ORDER BY shown DESC, key
