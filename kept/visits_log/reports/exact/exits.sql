-- Where visits ended. A page that was not found has no name of ours: "".
WITH ends AS (
    SELECT max_by(CASE WHEN kind = 'not-found' THEN '' ELSE path END, seq) AS key
    FROM events
    GROUP BY day, visitor, visit
)
SELECT key, '' AS key2, count(*) AS shown
FROM ends
GROUP BY key
ORDER BY shown DESC, key
