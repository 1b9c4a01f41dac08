//! Looks at a PostgreSQL database as a service does when it opens it.

use std::time::Duration;

use platform::clock::{Clock, Micros};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};
use telemetry::database::DescribeFailure as _;
use tokio::time::timeout;

use super::{Session, connected, options, pooled};
use crate::acquire::ACQUIRE_TIMEOUT;
use crate::connection::Use;
use crate::examination::{Details, Examination, ServerDetails};
use crate::{Migrations, StorageError, postgres_now, writability};

pub(crate) async fn examine(
    url: &str,
    migrations: &Migrations,
    clock: &Clock,
) -> Result<Examination, StorageError> {
    let pool = connected(&options(url)?.application_name(NAME), 1, Use::Write, Duration::ZERO).await?;
    let examined = of(&pool, migrations, clock).await;
    pool.close().await;
    examined
}

async fn of(pool: &PgPool, migrations: &Migrations, clock: &Clock) -> Result<Examination, StorageError> {
    let mut connection = pool.acquire().await.map_err(StorageError::unavailable)?;
    let session = Session::of(&mut connection).await?;
    session.check()?;
    // Where the limit of connections is reached there is no other one, and what the first one tells has to do.
    if let Ok(Ok(mut another)) = timeout(ACQUIRE_TIMEOUT, pool.connect_options().connect()).await {
        let backend = Session::of(&mut another).await?.backend;
        if backend == session.backend {
            return Err(pooled());
        }
        another.close().await.map_err(StorageError::unavailable)?;
    }
    let details = details(&mut connection, migrations, clock).await.map_err(StorageError::unavailable)?;
    let (missing, unknown) = migrations.state_of_postgres(&mut connection).await?;
    drop(connection);
    // A change that leaves nothing behind. A user without the right to temporary tables learns nothing by it.
    let refused = writability::takes_a_temporary_table(pool).await.err().filter(StorageError::is_unavailable);
    let refuses_changes = refused.map(|it| it.failure().description.to_owned());
    Ok(Examination { missing, unknown, refuses_changes, details: Details::Postgres(details) })
}

/// What the sessions of an examination are called.
const NAME: &str = "ccm doctor";

/// The limits of connections of the server, of the database and of the user, each with how many it counts besides those of
/// examinations. A limit of -1 is none.
const ASK: &str = "WITH own AS (SELECT datname FROM pg_stat_activity WHERE application_name = $1) \
     SELECT current_setting('server_version'), \
         (SELECT sum(numbackends) FROM pg_stat_database)::BIGINT - (SELECT count(*) FROM own), \
         current_setting('max_connections')::BIGINT - current_setting('superuser_reserved_connections')::BIGINT, \
         (SELECT numbackends FROM pg_stat_database WHERE datname = current_database())::BIGINT \
             - (SELECT count(*) FROM own WHERE datname = current_database()), \
         (SELECT datconnlimit FROM pg_database WHERE datname = current_database())::BIGINT, \
         (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND application_name <> $1), \
         (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user)::BIGINT";

/// The tables of the migrations, and that which tells what was migrated, each with the rights that the user lacks. It has to see the
/// latter, and to change the others. Tables of other programs in the same schema are none of ours. The schema is that of the search path, or, if the user may not use it, the one that has migrations.
const LACKS: &str = "SELECT name, lacks FROM (SELECT relname::TEXT AS name, ARRAY( \
             SELECT it FROM unnest(CASE WHEN relname = '_sqlx_migrations' THEN ARRAY['SELECT'] \
                 ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] END) AS it \
             WHERE NOT (has_table_privilege(oid, it) AND has_schema_privilege(relnamespace, 'USAGE'))) AS lacks \
         FROM pg_class WHERE relkind IN ('r', 'p') AND relname = ANY($1) AND relnamespace = COALESCE( \
             (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')), \
             (SELECT relnamespace FROM pg_class WHERE relname = '_sqlx_migrations' LIMIT 1))) AS found \
     WHERE cardinality(lacks) > 0 ORDER BY name";

async fn details(
    connection: &mut PgConnection,
    migrations: &Migrations,
    clock: &Clock,
) -> Result<ServerDetails, sqlx::Error> {
    type Row = (String, i64, i64, i64, i64, i64, i64);
    let row: Row = sqlx::query_as(ASK).bind(NAME).persistent(false).fetch_one(&mut *connection).await?;
    let (version, limits) = (row.0, [(row.1, row.2), (row.3, row.4), (row.5, row.6)]);
    // The one that is reached first.
    let nearest = limits.into_iter().filter(|(_, most)| *most >= 0).min_by_key(|(open, most)| most - open);
    let (open, most) = nearest.unwrap_or_default();
    let count = |it: i64| u32::try_from(it.max(0)).unwrap_or(u32::MAX);
    let before = clock.now();
    let now: i64 = sqlx::query_scalar(concat!("SELECT ", postgres_now!()))
        .persistent(false)
        .fetch_one(&mut *connection)
        .await?;
    let middle = Micros(before.0 + (clock.now().0 - before.0) / 2);
    let tables = [migrations.tables_of_postgres(), vec!["_sqlx_migrations"]].concat();
    let lacks = sqlx::query_as(LACKS).bind(tables).persistent(false).fetch_all(connection).await?;
    Ok(ServerDetails {
        version,
        clock_ahead: now - middle.0,
        lacks,
        max_connections: count(most),
        open_connections: count(open),
    })
}
