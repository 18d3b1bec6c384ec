//! The two schemas are one: the same tables, columns and unique indexes, and texts that compare by their bytes in both.

use std::collections::BTreeSet;

use super::*;

type Column = (String, String, &'static str, bool);

/// What an INTEGER is to one and a BIGINT to the other.
fn kind(declared: &str) -> &'static str {
    match declared {
        "INTEGER" | "bigint" => "integer",
        "TEXT" | "text" => "text",
        "BLOB" | "bytea" => "bytes",
        other => panic!("{other} does not come through to both"),
    }
}

/// Every column: its table, its name, its kind, and whether it must have a value.
async fn columns(store: &Store, statement: &'static str) -> BTreeSet<Column> {
    let rows: Vec<(String, String, String, i64)> =
        sqlx::query_as(statement).fetch_all(store.readers()).await.unwrap();
    rows.into_iter().map(|(table, name, declared, set)| (table, name, kind(&declared), set != 0)).collect()
}

/// Every unique index: its table, its columns in order, and whether it leaves rows out.
async fn unique(store: &Store, statement: &'static str) -> BTreeSet<(String, String, i64)> {
    sqlx::query_as(statement).fetch_all(store.readers()).await.unwrap().into_iter().collect()
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_columns_and_unique_indexes() {
    let Some(place) = empty_database().await else { return };
    let (server, (_folder, file)) = (fresh_in(&place).await, fresh().await);
    let of_file = columns(
        &file,
        "SELECT tables.name, columns.name, columns.type, max(columns.\"notnull\", columns.pk > 0) \
         FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns \
         WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
         AND tables.name NOT LIKE 'sqlite%'",
    )
    .await;
    let of_server = columns(
        &server,
        "SELECT table_name::text, column_name::text, data_type::text, (is_nullable = 'NO')::int::bigint \
         FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'",
    )
    .await;
    assert!(of_file.len() > 60, "{of_file:?}");
    assert_eq!(of_file, of_server);

    let of_file = unique(
        &file,
        "SELECT tables.name, (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno)), \
         list.partial FROM sqlite_schema AS tables, pragma_index_list(tables.name) AS list \
         WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND list.\"unique\"",
    )
    .await;
    let of_server = unique(
        &server,
        "SELECT tables.relname::text, (SELECT string_agg(attname, ',' ORDER BY place) FROM \
         unnest(indkey::int2[]) WITH ORDINALITY AS keys(number, place), pg_attribute \
         WHERE attrelid = indrelid AND attnum = number), (indpred IS NOT NULL)::int::bigint \
         FROM pg_index JOIN pg_class AS tables ON tables.oid = indrelid \
         JOIN pg_namespace AS schemas ON schemas.oid = relnamespace \
         WHERE nspname = current_schema() AND indisunique AND relname NOT LIKE '\\_sqlx%'",
    )
    .await;
    // A whole number that is the key of its table is a row's own number to SQLite, and needs no index there.
    let own_numbers = ["audit", "changes"].map(|table| (table.to_owned(), "seq".to_owned(), 0));
    assert_eq!(of_file.into_iter().chain(own_numbers).collect::<BTreeSet<_>>(), of_server);
}

/// By the rules of a language `ß` may be `ss`, and an update of the system's rules would break every index.
#[tokio::test]
async fn texts_compare_by_their_bytes() {
    let Some(place) = empty_database().await else { return };
    let server = fresh_in(&place).await;
    let others: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND data_type = 'text' AND table_name NOT LIKE '\\_sqlx%' \
         AND collation_name IS DISTINCT FROM 'C'",
    )
    .fetch_all(server.readers())
    .await
    .unwrap();
    assert_eq!(others, []);
}
