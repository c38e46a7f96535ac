-- Hours of the site's own clock, in pages read.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'hour'
GROUP BY key
ORDER BY key
