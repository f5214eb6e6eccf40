-- A deterministic registry of @count places over Małopolska: clustered points, Polish names, both facets, inspections and
-- a few hidden records. Run by the benchmarks.
SELECT setseed(0.42);
CREATE TEMP TABLE cluster AS
    SELECT i, 19.2 + random() * 1.2 AS x, 49.75 + random() * 0.6 AS y, 0.003 + 0.03 * random() AS s FROM generate_series(1, 400) i;
CREATE TEMP TABLE noun AS SELECT i - 1 AS i, t FROM unnest(ARRAY['Park', 'Kościół', 'Kapliczka', 'Dwór', 'Plac zabaw', 'Kamienica',
    'Cmentarz', 'Boisko', 'Muzeum', 'Willa', 'Figura', 'Zespół dworski', 'Spichlerz', 'Młyn', 'Fort', 'Szkoła', 'Basen', 'Biblioteka',
    'Skwer', 'Ogród']) WITH ORDINALITY u (t, i);
CREATE TEMP TABLE attribute AS SELECT i - 1 AS i, t FROM unnest(ARRAY['Jordana', 'Świętej Anny', 'w Łagiewnikach', 'Krakowski',
    'Bednarskiego', 'pod Lipami', 'Kościuszki', 'Wielicka', 'Nowa Huta', 'Matki Bożej', 'nad Wisłą', 'św. Floriana', 'Mickiewicza',
    'Tysiąclecia', 'Zielony', 'im. Reymonta', 'w Mogile', 'Długa', 'na Skałce', 'Podgórski', 'Słowackiego', 'Zwierzyniec', 'Dębnicki',
    'Bronowicki', 'Prądnicki']) WITH ORDINALITY u (t, i);
CREATE TEMP TABLE syllable AS SELECT i - 1 AS i, t FROM unnest(ARRAY['ba', 'ko', 'mi', 'ra', 'szcz', 'wo', 'le', 'ny', 'dą', 'br',
    'zy', 'gó', 'pa', 'stu', 'kl', 'że', 'ni', 'ca', 'rok', 'wel', 'ski', 'mo', 'ta', 'lu', 'wie', 'kra', 'jan', 'da', 'ro', 'gow'])
    WITH ORDINALITY u (t, i);
CREATE TEMP TABLE proper AS
    SELECT a.i * 900 + b.i * 30 + c.i AS i, a.t || b.t || c.t AS t FROM syllable a, syllable b, syllable c;
CREATE INDEX ON proper (i);
CREATE TEMP TABLE heritage AS
    SELECT row_number() OVER (ORDER BY code) - 1 AS i, code FROM categories WHERE facet = 'heritage';
CREATE TEMP TABLE infrastructure AS
    SELECT row_number() OVER (ORDER BY code) - 1 AS i, code FROM categories WHERE facet = 'infrastructure';
ANALYZE;
CREATE TEMP TABLE draft AS
    SELECT n, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5
    FROM generate_series(1, @count::bigint) n;
INSERT INTO places (name_pl, description_pl, publication, visibility, geom, accuracy, heritage_category, infrastructure_category,
    municipality_id, locality, street)
SELECT noun.t || ' ' || attribute.t || ' ' || proper.t || ' ' || d.n % 977,
    'Opis obiektu w otoczeniu zieleni, wpis ' || d.n,
    CASE WHEN d.n % 97 = 0 THEN 'draft' ELSE 'published' END,
    CASE WHEN d.n % 101 = 0 THEN 'coarse' WHEN d.n % 103 = 0 THEN 'restricted' ELSE 'public' END,
    ST_SetSRID(ST_MakePoint(c.x + (d.r1 + d.r2 - 1) * c.s, c.y + (d.r2 + d.r3 - 1) * c.s), 4326), 'within_10m',
    h.code, f.code, 1 + d.n % 15, 'Kraków', 'ul. ' || attribute.t
FROM draft d
JOIN cluster c ON c.i = 1 + (d.n * 7919) % 400
JOIN noun ON noun.i = (d.n * 31) % 20
JOIN attribute ON attribute.i = (d.n * 17 / 20) % 25
JOIN proper ON proper.i = (d.n * 104729) % 20000
LEFT JOIN heritage h ON d.n % 5 < 3 AND h.i = floor((SELECT count(*) FROM heritage) * d.r4 ^ 2)
LEFT JOIN infrastructure f ON d.n % 5 >= 3 AND f.i = floor((SELECT count(*) FROM infrastructure) * d.r5 ^ 2)
WHERE h.code IS NOT NULL OR f.code IS NOT NULL;
ANALYZE;
