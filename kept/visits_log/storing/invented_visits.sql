-- Some days of visits, and the first event of each. `planned` says how many a day has; everything drawn depends on the seed,
-- the day and the visitor's number alone.
CREATE OR REPLACE MACRO draw(slots, who, what) AS slots[CAST(hash(who, what, getvariable('seed')) % len(slots) AS BIGINT) + 1];
CREATE OR REPLACE TEMP TABLE visits AS
WITH drawn AS (
    SELECT day, midnight, n AS visitor, hash(day, n) AS who
    FROM planned, unnest(range(1, visits + 1)) AS numbered(n)
),
visitors AS (
    SELECT
        day, midnight, visitor, who,
        draw(getvariable('countries'), who, 'country') AS country,
        split(draw(getvariable('machines'), who, 'machine'), '|') AS machine,
        draw(getvariable('referrers'), who, 'referrer') AS referrer,
        split(draw(getvariable('campaigns'), who, 'campaign'), '|') AS tags,
        draw(getvariable('again'), who, 'again') AS again,
        draw(getvariable('hours'), who, 'hour') * 60 + CAST(hash(who, 'minute') % 60 AS BIGINT) AS began
    FROM drawn
),
comings AS (
    SELECT *, 1 AS visit FROM visitors
    UNION ALL
    -- Some come back the same day, straight to a page they know.
    SELECT * REPLACE (began + 180 AS began, '' AS referrer, ['', '', ''] AS tags), 2 AS visit
    FROM visitors
    WHERE hash(who, 'back') % 100 < 4 AND began < 1000
)
SELECT
    day, visitor, visit, hash(who, visit) AS who, midnight + began AS began, machine, referrer, country, again,
    CASE WHEN tags[1] = '' THEN '' ELSE tags[1] END AS source,
    tags[2] AS medium,
    CASE WHEN tags[3] = '' THEN '' ELSE tags[3] || left(day, 7) END AS campaign,
    draw(languages, who, 'language') AS language,
    draw(providers, who, 'provider') AS provider,
    draw(getvariable('lengths'), hash(who, visit), 'length') AS length
FROM comings JOIN lands USING (country);
CREATE OR REPLACE TEMP TABLE steps AS
SELECT
    day, began AS minute, visitor, visit, 1 AS seq,
    CASE WHEN hash(who, 'gone') % 1000 < 14 THEN 'not-found' ELSE 'page' END AS kind,
    CASE WHEN hash(who, 'gone') % 1000 < 14 THEN draw(getvariable('gone'), who, 'gone path') ELSE draw(getvariable('doors'), who, 'door') END AS path,
    '' AS target, referrer, source, medium, campaign, country, provider,
    machine[1] AS browser, machine[2] AS system, language, again, who, length
FROM visits
