-- Who is in the cluster. Orleans finds the statements that it runs in the table orleansquery by their names, and reads their
-- results by the names of columns; tables and the text of the statements are ours.
CREATE TABLE orleansquery (
    querykey  varchar(64)   PRIMARY KEY,
    querytext varchar(8000) NOT NULL
);

-- One row a cluster. Every change of a member raises the version and is refused if another change came first.
CREATE TABLE relay_cluster (
    cluster_id varchar(150)   PRIMARY KEY,
    version    integer        NOT NULL DEFAULT 0,
    changed_at timestamptz(3) NOT NULL DEFAULT now()
);

-- One row a start of a silo.
CREATE TABLE relay_silo (
    cluster_id  varchar(150)   NOT NULL REFERENCES relay_cluster,
    address     varchar(45)    NOT NULL,
    port        integer        NOT NULL,
    generation  integer        NOT NULL,
    silo_name   varchar(150)   NOT NULL,
    host_name   varchar(150)   NOT NULL,
    status      integer        NOT NULL,
    proxy_port  integer,
    suspects    varchar(8000),
    started_at  timestamptz(3) NOT NULL,
    alive_at    timestamptz(3) NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', '
    WITH made AS (
        INSERT INTO relay_cluster (cluster_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer FROM made'),

('InsertMembershipKey', '
    WITH raised AS (
        UPDATE relay_cluster SET version = version + 1, changed_at = now()
        WHERE cluster_id = @DeploymentId AND version = @Version
          AND NOT EXISTS (SELECT 1 FROM relay_silo
                          WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster_id),
    made AS (
        INSERT INTO relay_silo (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, started_at, alive_at)
        SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
        RETURNING 1)
    SELECT count(*)::integer FROM made'),

('UpdateMembershipKey', '
    WITH raised AS (
        UPDATE relay_cluster SET version = version + 1, changed_at = now()
        WHERE cluster_id = @DeploymentId AND version = @Version
          AND EXISTS (SELECT 1 FROM relay_silo
                      WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster_id),
    changed AS (
        UPDATE relay_silo s SET status = @Status, suspects = @SuspectTimes, alive_at = @IAmAliveTime
        FROM raised
        WHERE s.cluster_id = raised.cluster_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
        RETURNING 1)
    SELECT count(*)::integer FROM changed'),

('UpdateIAmAlivetimeKey', '
    UPDATE relay_silo SET alive_at = @IAmAliveTime
    WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),

-- The version comes even where there is no such silo, hence the outer joins.
('MembershipReadRowKey', '
    SELECT c.cluster_id AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName,
           s.host_name AS HostName, s.status AS Status, s.proxy_port AS ProxyPort, s.suspects AS SuspectTimes,
           s.started_at AS StartTime, s.alive_at AS IAmAliveTime, c.version AS Version
    FROM relay_cluster c
    LEFT JOIN relay_silo s ON s.cluster_id = c.cluster_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE c.cluster_id = @DeploymentId'),

('MembershipReadAllKey', '
    SELECT c.cluster_id AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName,
           s.host_name AS HostName, s.status AS Status, s.proxy_port AS ProxyPort, s.suspects AS SuspectTimes,
           s.started_at AS StartTime, s.alive_at AS IAmAliveTime, c.version AS Version
    FROM relay_cluster c
    LEFT JOIN relay_silo s ON s.cluster_id = c.cluster_id
    WHERE c.cluster_id = @DeploymentId'),

('GatewaysQueryKey', '
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
    FROM relay_silo
    WHERE cluster_id = @DeploymentId AND status = @Status AND proxy_port > 0'),

-- 3 is a silo that runs. Rows of silos that have gone are of use to nobody after a while.
('CleanupDefunctSiloEntriesKey', '
    DELETE FROM relay_silo WHERE cluster_id = @DeploymentId AND alive_at < @IAmAliveTime AND status <> 3'),

('DeleteMembershipTableEntriesKey', '
    DELETE FROM relay_silo WHERE cluster_id = @DeploymentId;
    DELETE FROM relay_cluster WHERE cluster_id = @DeploymentId');
