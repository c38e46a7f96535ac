-- Countries of visits, two letters; "" where no table knew the address.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'country'
GROUP BY key
ORDER BY shown DESC, key
