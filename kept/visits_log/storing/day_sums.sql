-- The shares of a day added up, out of `shares`: each holds other visitors, so every count of cells.sql may be.
WITH summed AS (
    SELECT
        day, dimension, key, key2, CAST(sum(visitors) AS BIGINT) AS visitors, CAST(sum(visits) AS BIGINT) AS visits,
        CAST(sum(views) AS BIGINT) AS views, CAST(sum(minutes) AS BIGINT) AS minutes, CAST(sum(timed) AS BIGINT) AS timed
    FROM shares
    GROUP BY day, dimension, key, key2
)
SELECT
    summed.day, summed.dimension, summed.key, key2, visitors, visits,
    -- Beside those who began or ended at a page stands how often it was read: neither count may give the other away.
    CASE WHEN dimension IN ('entry', 'exit') THEN coalesce(pages.views, 0) ELSE summed.views END AS views, minutes, timed
FROM summed LEFT JOIN (SELECT day, key, views FROM summed WHERE dimension = 'page') AS pages
    ON pages.day = summed.day AND pages.key = summed.key AND dimension IN ('entry', 'exit')
