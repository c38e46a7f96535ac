-- Where visits began. A page that was not found has no name of ours: "".
SELECT CASE WHEN kind = 'not-found' THEN '' ELSE path END AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY CASE WHEN kind = 'not-found' THEN '' ELSE path END
ORDER BY shown DESC, key
