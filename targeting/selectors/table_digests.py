"""Digests of what the pipeline wrote, to compare two runs of the same input.

Surrogate ids are replaced by natural keys and clock times are left out, so two runs over
the same messages give equal digests, whatever was killed and restarted meanwhile.
"""

from django.db import connection

TABLES: dict[str, str] = {
    "batch": """
        SELECT s.key, encode(b.sha256, 'hex'), b.mapping_key, b.state, b.failure_code,
               b.chunk_count, b.declaration_count, b.item_count, b.unchanged_count,
               b.rejected_count, b.issue_count
        FROM shipments_intakebatch AS b JOIN shipments_submitter AS s ON s.id = b.submitter_id""",
    "stage_run": """
        SELECT encode(b.sha256, 'hex'), r.stage, r.chunk, r.state
        FROM shipments_stagerun AS r JOIN shipments_intakebatch AS b ON b.id = r.batch_id""",
    "issue": """
        SELECT encode(b.sha256, 'hex'), i.chunk, i.line, i.registration_number, i.field, i.code,
               i.severity, i.value, i.allowed, i.raw
        FROM shipments_intakeissue AS i JOIN shipments_intakebatch AS b ON b.id = i.batch_id""",
    "declaration": """
        SELECT d.registration_number, d.version, d.is_cancelled,
               d.chunk, encode(d.content_digest, 'hex'), d.accepted_at,
               earlier.version AS supersedes
        FROM shipments_declaration AS d
        LEFT JOIN shipments_declaration AS earlier ON earlier.id = d.supersedes_id""",
    "goods_item": """
        SELECT d.registration_number, d.version,
               i.item_number, i.description, i.commodity_code, i.net_mass_kg,
               i.gross_mass_kg, i.statistical_value, i.customs_value,
               (SELECT string_agg(x.code || ' ' || x.number, ';' ORDER BY x.position)
                FROM shipments_goodsitemdocument AS x WHERE x.goods_item_id = i.id) AS documents
        FROM shipments_goodsitem AS i JOIN shipments_declaration AS d ON d.id = i.declaration_id""",
    "party_role": """
        SELECT d.registration_number, d.version,
               r.position, r.role, r.name, p.key
        FROM shipments_partyrole AS r JOIN shipments_declaration AS d ON d.id = r.declaration_id
        LEFT JOIN shipments_party AS p ON p.id = r.party_id""",
    "party": "SELECT p.key, p.name, p.country FROM shipments_party AS p",
    "party_identifier": """
        SELECT p.key, x.kind, x.value, x.first_seen_at
        FROM shipments_partyidentifier AS x JOIN shipments_party AS p ON p.id = x.party_id""",
    # What is drawn, not by how many rows: that depends on which version was linked first.
    "drawdown": """
        SELECT a.authority, a.number, l.line_number, x.registration_number, x.item_number,
               sum(x.mass_kg) AS mass_kg
        FROM shipments_drawdown AS x
        JOIN shipments_authorisationline AS l ON l.id = x.line_id
        JOIN shipments_authorisation AS a ON a.id = l.authorisation_id
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(x.mass_kg) <> 0""",
    "notification_match": """
        SELECT n.authority, n.number, n.substance_key, m.registration_number, m.item_number,
               m.state, m.score, m.grounds, m.differences, m.mass_kg, m.is_counted
        FROM risk_notificationmatch AS m
        JOIN shipments_preexportnotification AS n ON n.id = m.notification_id""",
    "trade_record": """
        SELECT t.registration_number, t.item_number, t.version, t.accepted_at, t.hs6,
               t.net_mass_kg, t.unit_price, importer.key AS importer, consignor.key AS consignor
        FROM risk_traderecord AS t
        LEFT JOIN shipments_party AS importer ON importer.id = t.importer_id
        LEFT JOIN shipments_party AS consignor ON consignor.id = t.consignor_id""",
    "claim_record": """
        SELECT c.registration_number, c.item_number, c.version, c.accepted_at, c.hs6,
               importer.key AS importer, representative.key AS representative,
               c.substance_keys, c.kinds, c.claims
        FROM risk_claimrecord AS c
        LEFT JOIN shipments_party AS importer ON importer.id = c.importer_id
        LEFT JOIN shipments_party AS representative
          ON representative.id = c.representative_id""",
    "party_link": """
        SELECT source.key AS source, target.key AS target, l.kind, l.first_seen_at,
               l.last_seen_at, l.declaration_count, l.mass_kg
        FROM risk_partylink AS l
        JOIN shipments_party AS source ON source.id = l.source_id
        JOIN shipments_party AS target ON target.id = l.target_id""",
    "party_tie": """
        SELECT party.key AS party, t.kind, t.value, t.first_seen_at, t.last_seen_at,
               t.declaration_count, t.mass_kg
        FROM risk_partytie AS t JOIN shipments_party AS party ON party.id = t.party_id""",
    "link_substance": """
        SELECT source.key AS source, target.key AS target, l.kind, s.key, x.mass_kg,
               x.declaration_count
        FROM risk_linksubstance AS x JOIN risk_partylink AS l ON l.id = x.link_id
        JOIN risk_substance AS s ON s.id = x.substance_id
        JOIN shipments_party AS source ON source.id = l.source_id
        JOIN shipments_party AS target ON target.id = l.target_id""",
    "tie_substance": """
        SELECT party.key AS party, t.kind, t.value, s.key, x.mass_kg, x.declaration_count
        FROM risk_tiesubstance AS x JOIN risk_partytie AS t ON t.id = x.tie_id
        JOIN risk_substance AS s ON s.id = x.substance_id
        JOIN shipments_party AS party ON party.id = t.party_id""",
    "preliminary_link": """
        SELECT l.preliminary_number, l.declaration_number, p.version, d.version, l.score, l.grounds,
               l.compared, l.differences, l.state
        FROM risk_preliminarylink AS l
        JOIN shipments_declaration AS p ON p.id = l.preliminary_id
        JOIN shipments_declaration AS d ON d.id = l.declaration_id""",
    "substance_match": """
        SELECT d.registration_number, d.version,
               i.item_number, s.key, m.start, m."end", m.matched_text, m.method,
               m.support, m.match_score, m.concentration_pct, m.verdict, m.list_verdicts,
               m.is_flagged, m.is_exempt, look_back.kind, edition_of.code, edition.number,
               look_back.day
        FROM risk_substancematch AS m
        LEFT JOIN risk_rescreening AS look_back ON look_back.id = m.look_back_id
        LEFT JOIN risk_listedition AS edition ON edition.id = look_back.edition_id
        LEFT JOIN risk_controllist AS edition_of ON edition_of.id = edition.control_list_id
        JOIN risk_substance AS s ON s.id = m.substance_id
        JOIN shipments_goodsitem AS i ON i.id = m.goods_item_id
        JOIN shipments_declaration AS d ON d.id = i.declaration_id""",
    # Without keys, which say nothing new and are made some time later.
    "goods_text": """
        SELECT encode(t.digest, 'hex'), t.description, t.commodity_code
        FROM risk_goodstext AS t""",
    "assessment": """
        SELECT d.registration_number, d.version,
               a.trigger, a.trigger_key, a.score, a.confidence,
               a.leading_item_number, encode(a.facts, 'hex'), a.quiet_codes, a.missing_codes,
               l.lane, l.criteria_lane, l.ground, l.draw, l.draw_day, l.key_digest
        FROM risk_riskassessment AS a
        JOIN risk_lanedecision AS l ON l.assessment_id = a.id
        JOIN shipments_declaration AS d ON d.id = a.declaration_id""",
    "indicator_row": """
        SELECT d.registration_number, d.version,
               a.trigger, a.trigger_key, r.item_number, r.code, r.strength,
               r.contribution, r.params
        FROM risk_indicatorrow AS r
        JOIN risk_riskassessment AS a ON a.id = r.assessment_id
        JOIN shipments_declaration AS d ON d.id = a.declaration_id""",
    "model_score": """
        SELECT d.registration_number, d.version, a.trigger, a.trigger_key, m.digest,
               s.raw_score, s.item_number
        FROM risk_modelscore AS s
        JOIN risk_riskmodel AS m ON m.id = s.model_id
        JOIN risk_riskassessment AS a ON a.id = s.assessment_id
        JOIN shipments_declaration AS d ON d.id = a.declaration_id""",
    "alert": """
        SELECT d.registration_number, d.version,
               t.state, t.disposition, t.lane, t.score, t.is_random_arm, t.is_cancelled,
               t.is_retroactive, t.customs_office, t.accepted_at
        FROM targeting_alert AS t JOIN shipments_declaration AS d ON d.id = t.declaration_id""",
}


def digest_tables() -> dict[str, tuple[int, str]]:
    """Row count and digest per table, whatever order the rows are stored in."""
    digests: dict[str, tuple[int, str]] = {}
    with connection.cursor() as cursor:
        for table, select in TABLES.items():
            cursor.execute(
                f"""
                SELECT count(*), coalesce(md5(string_agg(line, '' ORDER BY line)), '')
                FROM (SELECT md5(rows::text) AS line FROM ({select}) AS rows) AS lines
                """  # noqa: S608 - composed of the constants above
            )
            digests[table] = cursor.fetchone()
    return digests
