package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What PostgreSQL's catalogs hold against updating some columns of a table, its partitions and its heirs. */
final class PostgresFindings {

    private final Connection connection;
    private final SealedTable table;
    private final String regclass;
    private final List<Finding> findings = new ArrayList<>();

    PostgresFindings(Connection connection, SealedTable table, String regclass) {
        this.connection = connection;
        this.table = table;
        this.regclass = regclass;
    }

    List<Finding> all() throws SQLException {
        kinds();
        columns();
        privileges();
        triggers();
        rules();
        replicaIdentity();
        publications();
        return findings;
    }

    /** Each row of the query, which follows the tree of relations, is a finding: its problem and its message. */
    private void add(String query, Object... binds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PostgresInspection.TREE + query)) {
            statement.setString(1, regclass);
            for (int i = 0; i < binds.length; i++) {
                statement.setObject(i + 2, binds[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    findings.add(TableInspection.finding(Problem.valueOf(rows.getString(1)), table, rows.getString(2)));
                }
            }
        }
    }

    private Array texts(List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private Array values() throws SQLException {
        return texts(table.columns().stream().map(ValueColumn::name).toList());
    }

    private Array key() throws SQLException {
        return texts(table.key().stream().map(KeyColumn::name).toList());
    }

    private void kinds() throws SQLException {
        add("""
                SELECT 'NOT_A_TABLE', 'The relation ' || CAST(CAST(c.oid AS regclass) AS text) || ' is '
                       || CASE c.relkind WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view'
                                         WHEN 'f' THEN 'a foreign table' ELSE 'no table' END
                       || ', whose rows are not its own. Re-encrypt the table behind it, and retire its columns, which takes two people'
                FROM tree t JOIN pg_class c ON c.oid = t.oid
                WHERE c.relkind NOT IN ('r', 'p')
                """);
        add("""
                SELECT 'ROWS_HIDDEN', 'Row security hides rows of the table ' || CAST(CAST(c.oid AS regclass) AS text)
                       || ' from the user ' || current_user || '. Give that user BYPASSRLS'
                FROM tree t JOIN pg_class c ON c.oid = t.oid
                WHERE c.relkind IN ('r', 'p') AND row_security_active(c.oid)
                ORDER BY 2
                """);
    }

    private void columns() throws SQLException {
        add(
                """
                SELECT DISTINCT 'UNWRITABLE_COLUMN', 'The column ' || CAST(CAST(a.attrelid AS regclass) AS text) || '.' || v.name
                       || CASE WHEN a.attgenerated <> '' THEN ' is generated from others. Encrypt a column of its own'
                               WHEN v.name = ANY (k.names) THEN ' is part of the key. Address the rows by others'
                               WHEN p.partrelid IS NOT NULL THEN
                                    ' decides to which partition a row belongs. Partition by another'
                               ELSE ' has the type ' || format_type(a.atttypid, a.atttypmod) || '. It has to be '
                                    || CASE v.form WHEN 'BINARY' THEN 'bytea' ELSE 'text or varchar' END END
                FROM tree t JOIN pg_attribute a ON a.attrelid = t.oid
                     JOIN unnest(CAST(? AS text[]), CAST(? AS text[])) AS v(name, form) ON v.name = a.attname
                     CROSS JOIN (SELECT CAST(? AS text[]) AS names) AS k
                     JOIN pg_type y ON y.oid = a.atttypid
                     JOIN pg_type b ON b.oid = (
                          WITH RECURSIVE behind(oid, base) AS (
                               SELECT y.oid, y.typbasetype UNION ALL SELECT d.oid, d.typbasetype
                               FROM behind h JOIN pg_type d ON d.oid = h.base)
                          SELECT oid FROM behind WHERE base = 0)
                     LEFT JOIN pg_partitioned_table p ON p.partrelid = t.oid AND a.attnum = ANY (CAST(p.partattrs AS int2[]))
                WHERE NOT a.attisdropped
                  AND (a.attgenerated <> '' OR v.name = ANY (k.names) OR p.partrelid IS NOT NULL
                       OR b.typname <> ALL (CASE v.form WHEN 'BINARY' THEN ARRAY['bytea'] ELSE ARRAY['text', 'varchar'] END))
                """,
                values(),
                texts(table.columns().stream()
                        .map(column -> column.form().name())
                        .toList()),
                key());
    }

    private void privileges() throws SQLException {
        add("""
                SELECT DISTINCT 'NO_PRIVILEGE', 'The user ' || current_user || ' may not use the schema ' || n.nspname
                       || '. GRANT USAGE ON SCHEMA ' || quote_ident(n.nspname) || ' TO ' || quote_ident(current_user)
                FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT has_schema_privilege(n.oid, 'USAGE')
                """);
        add("""
                SELECT 'NO_PRIVILEGE', 'The user ' || current_user || ' may not ' || lower(p.privilege) || ' '
                       || string_agg(w.name, ', ' ORDER BY w.name) || ' of the table ' || CAST(CAST(t.oid AS regclass) AS text)
                       || '. GRANT ' || p.privilege || ' ON ' || CAST(CAST(t.oid AS regclass) AS text) || ' TO '
                       || quote_ident(current_user)
                FROM tree t JOIN pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped
                     JOIN (SELECT unnest(CAST(? AS text[])) AS name, TRUE AS is_written
                           UNION SELECT unnest(CAST(? AS text[])), FALSE) AS w ON w.name = a.attname
                     CROSS JOIN (VALUES ('SELECT'), ('UPDATE')) AS p(privilege)
                WHERE (p.privilege = 'SELECT' OR w.is_written) AND NOT has_column_privilege(t.oid, a.attnum, p.privilege)
                GROUP BY t.oid, p.privilege
                ORDER BY 2
                """, values(), key());
    }

    /** Enabled triggers that an update of one of the columns fires; those of Reseal's own fence are its own affair. */
    private void triggers() throws SQLException {
        add("""
                SELECT DISTINCT 'UPDATE_TRIGGER', 'The trigger ' || g.tgname || ' on ' || CAST(CAST(g.tgrelid AS regclass) AS text)
                       || ' fires for every ' || CASE WHEN g.tgtype & 1 = 1 THEN 'row' ELSE 'statement' END
                       || ' that is re-encrypted'
                FROM tree t JOIN pg_trigger g ON g.tgrelid = t.oid
                WHERE NOT g.tgisinternal AND g.tgenabled IN ('O', 'A') AND g.tgtype & 16 = 16
                  AND g.tgname NOT LIKE 'reseal\\_fence\\_%'
                  AND (cardinality(CAST(g.tgattr AS int2[])) = 0 OR EXISTS (
                        SELECT 1 FROM pg_attribute a
                        WHERE a.attrelid = t.oid AND a.attnum = ANY (CAST(g.tgattr AS int2[])) AND a.attname = ANY (CAST(? AS text[]))))
                """, values());
    }

    private void rules() throws SQLException {
        add("""
                SELECT CASE WHEN r.is_instead THEN 'UPDATE_REDIRECTED' ELSE 'UPDATE_RULE' END,
                       'The rule ' || r.rulename || ' on ' || CAST(CAST(r.ev_class AS regclass) AS text)
                       || CASE WHEN r.is_instead THEN ' turns updates into something else. Drop it while rows are re-encrypted'
                               ELSE ' acts on every update of a batch of rows' END
                FROM tree t JOIN pg_rewrite r ON r.ev_class = t.oid
                WHERE r.ev_type = '2' AND r.ev_enabled IN ('O', 'A')
                ORDER BY 2
                """);
    }

    private void replicaIdentity() throws SQLException {
        add("""
                SELECT 'REPLICA_IDENTITY_FULL', 'The table ' || CAST(CAST(c.oid AS regclass) AS text)
                       || ' has replica identity FULL: both images of every re-encrypted row go to the log, if wal_level is logical'
                       || ' (it is ' || current_setting('wal_level') || ')'
                FROM tree t JOIN pg_class c ON c.oid = t.oid
                WHERE c.relkind = 'r' AND c.relreplident = 'f'
                ORDER BY 2
                """);
    }

    /** A publication may name a partition, or publish it as part of what it belongs to. */
    private void publications() throws SQLException {
        add("""
                , published AS (
                    SELECT DISTINCT p.pubname, c.oid, c.relreplident
                    FROM tree t JOIN pg_class c ON c.oid = t.oid
                         CROSS JOIN LATERAL (SELECT t.oid UNION SELECT CAST(relid AS oid) FROM pg_partition_ancestors(t.oid)) AS w
                         JOIN pg_class v ON v.oid = w.oid JOIN pg_namespace n ON n.oid = v.relnamespace
                         JOIN pg_publication_tables u ON u.tablename = v.relname AND u.schemaname = n.nspname
                         JOIN pg_publication p ON p.pubname = u.pubname AND p.pubupdate)
                SELECT 'PUBLISHED', 'The publication ' || pubname || ' sends every re-encrypted row of '
                       || CAST(CAST(oid AS regclass) AS text) || ' to its subscribers'
                FROM published
                UNION ALL
                SELECT DISTINCT 'NO_REPLICA_IDENTITY', 'The table ' || CAST(CAST(c.oid AS regclass) AS text)
                       || ' is published without a replica identity, so that the database refuses updates. Set one with ALTER TABLE '
                       || CAST(CAST(c.oid AS regclass) AS text) || ' REPLICA IDENTITY'
                FROM tree t JOIN pg_class c ON c.oid = t.oid
                WHERE c.relkind = 'r' AND EXISTS (SELECT 1 FROM published) AND NOT (
                      c.relreplident = 'f' OR EXISTS (
                        SELECT 1 FROM pg_index i
                        WHERE i.indrelid = c.oid AND (c.relreplident = 'd' AND i.indisprimary
                                                      OR c.relreplident = 'i' AND i.indisreplident)))
                ORDER BY 1, 2
                """);
    }
}
