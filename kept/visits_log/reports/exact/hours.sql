-- Hours of the site's own clock, in pages read. `offsets` says how far that clock is ahead of the one the minutes count by, from when until when.
WITH minutes_read AS (
    SELECT minute, count(*) AS views
    FROM events
    WHERE kind = 'page'
    GROUP BY minute
)
SELECT lpad(CAST(CAST(floor((minute + minutes) / 60) AS BIGINT) % 24 AS VARCHAR), 2, '0') AS key, '' AS key2, sum(views) AS shown
FROM minutes_read
JOIN offsets ON minute >= offsets.since AND minute < offsets.until
GROUP BY 1
ORDER BY key
