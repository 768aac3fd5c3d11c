"""The SQL of running totals: what was declared of a substance before given moments."""

GIVEN = """
    WITH given AS MATERIALIZED (
      SELECT own.*, substance.id AS substance_id
      FROM unnest(%(declarations)s::bigint[], %(keys)s::text[], %(limits)s::numeric[],
                  %(importers)s::bigint[], %(countries)s::text[], %(accepted)s::timestamptz[],
                  %(numbers)s::text[], %(years)s::timestamptz[])
        AS own (declaration_id, key, limit_kg, importer_id, country, accepted_at,
                registration_number, year_begins)
      JOIN risk_substance AS substance ON substance.key = own.key
    )"""
SURELY_NAMED_ANY = """NOT match.is_upcoming
        AND match.kind = 'told' AND match.verdict <> 'below' AND match.look_back_id IS NULL
        AND match.is_above_alert_point AND match.method <> 'code'"""
"""An item counts for a substance that it surely names above every limit: of what it may be
nothing is added up. What a look-back found is left out: which of its chunks came first would
decide the totals."""
SURELY_NAMED = f"""
        match.substance_id = given.substance_id AND {SURELY_NAMED_ANY}"""
IMPORTED = """
      JOIN shipments_goodsitem AS i ON i.id = record.goods_item_id
      JOIN shipments_declaration AS d ON d.id = i.declaration_id AND d.direction = 'import'"""
"""Trade records are of the latest full versions."""

# The importer's trader and those that share an identifier with it, as far as was seen by then.
MEMBERS = f"""{GIVEN}, own AS MATERIALIZED (
      SELECT g.importer_id, g.accepted_at, trader.party_id
      FROM (SELECT DISTINCT importer_id, accepted_at FROM given) AS g
      CROSS JOIN LATERAL (
        SELECT g.importer_id AS party_id
        UNION
        SELECT same.id FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS same (head, id)
        WHERE same.head = g.importer_id) AS trader
    ), members AS MATERIALIZED (
      SELECT importer_id, accepted_at, party_id, bool_or(is_own) AS is_own FROM (
        SELECT own.*, true AS is_own FROM own
        UNION ALL
        SELECT own.importer_id, own.accepted_at, other.party_id, false
        FROM own
        JOIN shipments_partyidentifier AS held ON held.party_id = own.party_id
         AND held.kind = ANY(%(kinds)s) AND held.first_seen_at <= own.accepted_at
        CROSS JOIN LATERAL (
          SELECT party_id, count(*) OVER () AS parties FROM (
            SELECT DISTINCT party_id FROM shipments_partyidentifier AS x
            WHERE x.kind = held.kind AND x.value = held.value
              AND x.first_seen_at <= own.accepted_at
            LIMIT %(most)s + 1) AS sharing
        ) AS other WHERE other.parties <= %(most)s) AS each
      GROUP BY 1, 2, 3
    )"""  # noqa: S608 - composed of the constants above

_IS_SMALL = """past.net_kg <= given.limit_kg
             AND past.accepted_at > given.accepted_at - %(days)s * interval '1 day'"""

# What a party declared is read once for all of a chunk's declarations: read for each of them, a
# large importer's year costs the square of its declarations.
BY_IMPORTER = f"""{MEMBERS}, spans AS MATERIALIZED (
      SELECT members.party_id, given.substance_id, max(given.accepted_at) AS until,
             min(given.accepted_at) - interval '1 year' AS since
      FROM given JOIN members USING (importer_id, accepted_at) GROUP BY 1, 2
    ), past AS MATERIALIZED (
      SELECT record.importer_id AS party_id, span.substance_id, record.accepted_at,
             record.registration_number, sum(record.net_mass_kg) AS net_kg,
             sum(record.net_mass_kg * coalesce(told.pct, 100) / 100) AS pure_kg
      FROM spans AS span
      JOIN risk_traderecord AS record ON record.importer_id = span.party_id
       AND record.accepted_at > span.since AND record.accepted_at <= span.until
      CROSS JOIN LATERAL (
        SELECT max(match.concentration_pct) AS pct FROM risk_substancematch AS match
        JOIN (SELECT span.substance_id) AS given ON true
        WHERE match.goods_item_id = record.goods_item_id AND {SURELY_NAMED}
        HAVING count(*) > 0) AS told{IMPORTED}
      GROUP BY 1, 2, 3, 4
    )
    SELECT given.declaration_id, given.key,
           coalesce(sum(past.net_kg) FILTER (WHERE members.is_own), 0) AS importer_kg,
           coalesce(sum(past.net_kg) FILTER (WHERE members.is_own
             AND past.accepted_at > given.accepted_at - interval '1 month'), 0) AS month_kg,
           coalesce(sum(past.net_kg), 0) AS group_kg,
           count(DISTINCT coalesce(alias.representative_id, members.party_id)) AS group_size,
           count(*) FILTER (WHERE {_IS_SMALL}) AS small_count,
           coalesce(sum(past.net_kg) FILTER (WHERE {_IS_SMALL}), 0) AS small_kg,
           coalesce(sum(past.pure_kg) FILTER (
             WHERE members.is_own AND past.accepted_at >= given.year_begins), 0) AS pure_kg
    FROM given JOIN members USING (importer_id, accepted_at)
    LEFT JOIN risk_partyalias AS alias ON alias.party_id = members.party_id
    LEFT JOIN past ON past.party_id = members.party_id AND past.substance_id = given.substance_id
     AND past.accepted_at > given.accepted_at - interval '1 year'
     AND (past.accepted_at, past.registration_number)
           < (given.accepted_at, given.registration_number)
    GROUP BY given.declaration_id, given.key
"""  # noqa: S608 - composed of the constants above

# By all importers of a country since the beginning of the year; asked only where a need is stated.
# The year of a substance is read once for all of a chunk's declarations and summed up in order.
BY_COUNTRY = f"""{GIVEN}, spans AS MATERIALIZED (
      SELECT country, substance_id, year_begins, max(accepted_at) AS until
      FROM given GROUP BY 1, 2, 3
    ), past AS MATERIALIZED (
      SELECT given.country, given.substance_id, given.year_begins, record.accepted_at,
             record.registration_number,
             record.net_mass_kg * coalesce(max(match.concentration_pct), 100) / 100 AS pure_kg
      FROM spans AS given
      JOIN risk_substancematch AS match ON {SURELY_NAMED}
      JOIN risk_traderecord AS record ON record.goods_item_id = match.goods_item_id
       AND record.accepted_at >= given.year_begins AND record.accepted_at <= given.until{IMPORTED}
      JOIN shipments_party AS importer
        ON importer.id = record.importer_id AND importer.country = given.country
      GROUP BY 1, 2, 3, record.id
    )
    SELECT declaration_id, key, so_far_kg AS pure_kg FROM (
      SELECT declaration_id, key, is_past, sum(pure_kg) OVER (
               PARTITION BY country, substance_id, year_begins
               ORDER BY accepted_at, registration_number, is_past
               ROWS UNBOUNDED PRECEDING) AS so_far_kg
      FROM (
        SELECT declaration_id, key, country, substance_id, year_begins, accepted_at,
               registration_number, 0::numeric AS pure_kg, false AS is_past
        FROM given
        UNION ALL
        SELECT NULL, NULL, country, substance_id, year_begins, accepted_at,
               registration_number, coalesce(pure_kg, 0), true
        FROM past) AS both_kinds) AS summed
    WHERE NOT is_past
"""  # noqa: S608 - composed of the constants above
