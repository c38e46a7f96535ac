-- Ways through the site: from a page to the next one of the same visit, counted in visits.
SELECT key, key2, sum(shown) AS shown
FROM told
WHERE dimension = 'way' AND shown > 0
GROUP BY key, key2
ORDER BY shown DESC, key, key2
